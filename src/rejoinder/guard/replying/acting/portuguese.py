"""Portuguese: "coloquei no seu pedido", "dei baixa", "prontinho"."""

from __future__ import annotations

from typing import Final

from rejoinder.guard.replying.acting.shape import FEW, START, shapes

_THING = (
    r"(?:pedido|compra|reserva|consulta|dinheiro|valor|conta|cartão|pagamento|vaga|quarto|mesa|ingresso|assinatura"
    r"|plano|endereço|entrega|encomenda|estorno|reembolso|fatura|horário|visita|cadastro|agendamento|taxa|multa"
    r"|cobrança|sacola)s?"
)
# Verbs that change an order; any other may be of what was seen, said or written down.
_CHANGED = (
    "(?:coloquei|botei|pus|dei baixa|removi|inseri|incluí|transferi|devolvi|resolvi|dividi|cancelei|apaguei"
    "|excluí|estornei|reembolsei|troquei|mudei|alterei|remarquei|adiei|antecipei|reservei|agendei|marquei"
    "|encaixei|confirmei|aprovei|liberei|creditei|apliquei|zerei|isentei|abonei|adicionei|acrescentei|atualizei"
    "|corrigi|ajustei|ativei|desativei|bloqueei|desbloqueei|dobrei|baixei|reduzi|abati|descontei|anulei"
    "|eliminei|deletei|fechei|cadastrei|inscrevi|movi|passei|joguei|desfiz|refiz|garanti|parcelei|lancei"
    "|movimentei|virei|puxei|arrumei|reverti)"
)
_YOURS = "(?:seu|sua|seus|suas)"

_UNDONE = (
    "(?:cancel|apag|exclu|estorn|alter|remarc|transfer|devolv|remov|confirm|reserv|aprov|troc|anul|zer|mud|agend"
    "|elimin)"
)

PORTUGUESE: Final = shapes(
    # coloquei no seu pedido; dei baixa no 981
    rf"(?<= )(?!passei (?:seu|sua|o|a) (?:caso|pedido) (?:para|à|ao) ){_CHANGED}"
    rf" {FEW % 4}(?:{_YOURS} {FEW % 1}{_THING}|você|vc|(?:o|a|no|na) (?:{_THING}|\d{{2,}})) ",
    rf"(?<= )(?:retirei|tirei) {FEW % 4}(?:{_YOURS}|você|vc|(?:o|a|do|da) (?:{_THING}|\d{{2,}})) ",
    rf"(?<= )já {_CHANGED} (?:o |a )?(?:{_YOURS}|{_THING}) ",
    rf"(?<= )(?:separei|guardei) {FEW % 4}(?:no|em) seu nome ",
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
