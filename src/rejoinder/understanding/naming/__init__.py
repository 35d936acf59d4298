"""The things a text names: addresses, numbers, money, days and times, quantities, orders, names, the bot's own."""

from rejoinder.understanding.naming.check import normalised, valid
from rejoinder.understanding.naming.own import checked
from rejoinder.understanding.naming.read import KINDS, entities

__all__ = ["KINDS", "checked", "entities", "normalised", "valid"]
