"""What emoji and emoticons say of a feeling, from -3 to 3, whatever the language around them."""

from __future__ import annotations

from functools import cache

_VALUES: dict[float, str] = {
    3: "😍 🥰 🤩 💯 🏆 🎉 🥳 ❤ 💖 💕 😻 🫶 🤗 💗 💝 💓 💞 🧡 💛 💚 💙 💜 🤍 🤎 ♥ 🔥 🌟",
    2: "😀 😃 😄 😁 😆 😊 🙂 😇 😋 😎 👍 👏 🙌 😘 😚 😙 😗 ☺ ✨ ⭐ 🌹 🌸 💐 👌 💪 🤝 😌 🥹 😸 😺 👊 🍀 🎊 🌻 🫰 🤟",
    1: "😂 🤣 😉 😅 🙏 😜 😝 😛 🤭 ✌ 🤞 ✅ ☀ 🌞 🎈 🎁 🙋 😏",
    -1: "😐 😑 😕 🙁 ☹ 😟 😬 🙄 😒 😔 😞 😓 😥 😰 😩 🤔 😪 🥴 😳 😶 🤨 🫤 ❌ 😯 🤦 🤷 😧 😮‍💨",
    -2: "😢 😣 😖 😫 😭 😤 👎 💔 😠 🥺 😨 😱 😿 😾 ⚠ 🥲 🚫",
    -3: "😡 🤬 🤮 🤢 💩 🖕 👿 😈 💀",
}
_TYPED: dict[float, str] = {
    2.5: "<3 <33 ♥",
    2: ":) :)) :-) =) =)) :] :d :-d =d xd xdd ^^ ^_^ ^.^ ^-^ :* :-* x) (y) :p :'d",
    0.5: "555",
    1: ";) ;-) :3 :v",
    -1: ":/ :-/ :\\ :| :-| -_- -.- -__- o_o",
    -1.5: ":( :(( :-( =( =(( :[ :'( x( t_t t.t t__t ;_; u_u >_< >.< </3",
    -2.5: ">:(",
}


@cache
def faces() -> dict[str, float]:
    """Emoji or emoticon → value."""
    found: dict[str, float] = {}
    for values in (_VALUES, _TYPED):
        for value, listed in values.items():
            found |= {face.replace("\u200d💨", ""): value for face in listed.split()}
    return found
