"""What WhatsApp, Messenger and Instagram share: Meta signs, shakes hands, refuses and writes JSON one way."""
