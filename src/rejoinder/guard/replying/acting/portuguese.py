"""Portuguese: "coloquei no seu pedido", "dei baixa", "prontinho"."""

from __future__ import annotations

from typing import Final

from rejoinder.guard.replying.acting.shape import FEW, START, shapes

_THING = (
    r"(?:pedido|compra|reserva|consulta|dinheiro|valor|conta|cartão|pagamento|vaga|quarto|mesa|ingresso|assinatura"
    r"|plano|endereço|entrega|encomenda|estorno|reembolso|fatura|horário|visita|cadastro|agendamento|taxa|multa"
    r"|cobrança|sacola)s?"
)
# What a bot says, hears, looks at and passes on.
_SPEECH = (
    "sei|falei|achei|anotei|verifiquei|encontrei|expliquei|mencionei|informei|avisei|passei|encaminhei|notei|perguntei"
    "|consultei|olhei|entrei|fiquei|gostei|pensei|errei|chequei|registrei|deixei|adorei|amei|calculei|somei|localizei|comecei|separei|confundi"
)
_HEARD = "entendi|vi|li|recebi|respondi|ouvi|percebi|escrevi|conferi|pedi|saí"
_YOURS = "(?:seu|sua|seus|suas)"

_UNDONE = (
    "(?:cancel|apag|exclu|estorn|alter|remarc|transfer|devolv|remov|confirm|reserv|aprov|troc|anul|zer|mud|agend"
    "|elimin)"
)

PORTUGUESE: Final = shapes(
    # coloquei no seu pedido; dei baixa no 981; já dividi sua compra. "Verificarei" is to come.
    rf"(?<= )(?!(?:{_SPEECH}) )(?!\w{{2,}}(?:ar|er|ir)ei )"
    r"(?:\w{2,}ei|dei baixa|removi|inseri|incluí|transferi|devolvi|resolvi)"
    rf" {FEW % 4}(?:{_YOURS} {FEW % 1}{_THING}|você|vc|(?:o|a|no|na) (?:{_THING}|\d{{2,}})) ",
    rf"(?<= )(?:retirei|tirei) {FEW % 4}(?:{_YOURS}|você|vc|(?:o|a|do|da) (?:{_THING}|\d{{2,}})) ",
    rf"(?<= )já (?!(?:{_HEARD}) )\w{{3,}}i (?:o |a )?(?:{_YOURS}|{_THING}) ",
    # seu pedido foi apagado; pedido cancelado
    rf"(?<= )(?:seu|sua|o|a) {FEW % 2}{_THING} (?:já )?(?:foi|ficou) (?:já )?(?!entregue|recebid)\w+(?:ad|id)[oa]s? ",
    rf"{START}{_THING} (?:já )?{_UNDONE}(?:ad|íd|id)[oa] (?:(?:do|da|no|na) (?:seu |sua )?[^ .]+ )?"
    r"(?=\.|$|pode ficar |fique |fica |tudo certo )",
    # ele não existe mais; o estorno já consta na fatura
    rf"(?<= )(?:{_THING}|o \d{{2,}}|ele|ela) {FEW % 3}(?:não existe mais|já era|foi pro espaço|está apagad[oa]) ",
    rf"(?<= )(?:{_THING}|reais|r \d[\d ]*) {FEW % 5}(?:caiu|caíram|já tá(?! com | inclu)|já está(?! com | inclu)"
    r"|já caiu|já consta|já aparece|voltou"
    r"|voltaram|foi pro ar) ",
    # Prontinho! Fechado!
    rf"{START}(?:(?:sim|claro|perfeito) )?(?:prontinho|feito (?=seu |sua |já )|tá feito"
    r"|(?:já )?está feito) ?",
    words="seu sua seus suas você vc o a no na do da já ele ela reais prontinho feito fechado está tá",
    things=_THING,
    just_now=r" (?:agorinha(?: mesmo)?|há (?:um|poucos) (?:minutos?|instantes?|segundos?)|agora há pouco)(?= )",
    ready="pronto|feito|fechado",
    now=r" (?:agora|já) ",
)
