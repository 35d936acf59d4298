"""The WhatsApp Cloud API, Meta's own. docs/channels/whatsapp_cloud.md tells how to connect a number."""
