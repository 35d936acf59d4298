"""Whether an answer promises this customer that a person comes.

How the business works ("refunds are handled by our team") is no such promise. Where in doubt it is none: a telling that
is not seen is told once more, one that is seen wrongly leaves the customer waiting for nobody.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import chain
from typing import Final

from rejoinder.text import fold
from rejoinder.text.sentences import sentences

# "I can't do that, so I'm passing you on": what is denied is the reason.
_SO: Final = re.compile(
    r",? (?:so|therefore|así que|por eso|por lo que|então|por isso|nên|vì vậy) |(?<=[^ ]) (?:จึง|เลย)",
    re.IGNORECASE,
)
_COMFORT: Final = re.compile(
    r"\b(?:do ?n['’]?t worry|no worries|no te preocupes|no se preocupe|nao se preocupe|dung lo(?: lang)?)\b"
    r"|ไม่ต้องกังวล|ไม่ต้องห่วง"
)
"""Its "not" denies nothing of what comes after it."""


@dataclass(frozen=True, slots=True)
class _Tongue:
    """How one language tells it, folded: `comes` a person who will do something for this customer, `passes` us handing
    this customer on, `voids` what makes either an offer, a condition, a habit or a denial."""

    comes: re.Pattern[str]
    passes: re.Pattern[str]
    voids: re.Pattern[str]


_GAP = r"(?:[^\s,;:]+ ){0,%d}"  # so many words between two others

_EN_WHO = (
    r"(?:colleague|co-?worker|team ?mate|agent|representative|human|specialist|manager|operator|advisor|person"
    r"|(?:team|staff) member|member of (?:our|the|my) (?:team|staff))s?"
)
_EN_ONE = (
    rf"(?:(?:a|an|another|my|one of (?:our|my)|(?:a )?real) (?:\w+ )?{_EN_WHO}|some(?:one|body))"
    r"(?: (?:from|of|at|in) (?:our|the) (?:\w+ )?\w+)?"
)
_EN_US = r"(?:(?:our|the|my) (?:\w+ )?(?:team|staff|colleagues?|agents?|specialists?|manager|front desk|reception))"
_EN_FOR_YOU = (
    r"(?:(?:contact|call|answer|help|assist|message|text|join|e-?mail) (?:you|this|your)"
    r"|(?:repl(?:y|ies)|respond|writ(?:e|ing)|speak|talk|reach(?:ing)? out|get(?:ting)? back|com(?:e"
    r"|ing) back) (?:to|with) you"
    r"|answer (?:here|shortly|soon)|(?:get|be) in touch|follow up|be (?:right )?with you|let you know|tell you"
    r"|tak(?:e|ing|es) (?:this |it )?over|(?:take|takes|taking) (?:this|it|care of (?:this|it|you))"
    r"|(?:look|looks|looking|check|checks|checking) (?:at |into |after |on )?(?:it|this|that|your (?:case|request"
    r"|message|issue|problem"
    r"|question|complaint|order|booking))|(?:handle|handles|handling|review|reviews|reviewing|answers|contacts"
    r"|calls|helps) (?:it|this|you))"
)

_ENGLISH = _Tongue(
    comes=re.compile(
        rf"\b(?:{_EN_ONE} (?:\w+ )?{_EN_FOR_YOU}"
        rf"|(?:{_EN_ONE}|{_EN_US}|they) (?:will|is going to|are going to)(?: \w+){{0,2}} {_EN_FOR_YOU}"
        rf"|(?:{_EN_ONE}|{_EN_US}) (?:is|are) (?:now |already )?(?:looking|checking|taking|handling|reviewing"
        rf"|coming|getting|writing) {_GAP % 2}"
        r"(?:it|this|you|over|your)"
        rf"|(?:{_EN_ONE}|{_EN_US})['’]ll (?:\w+ )?{_EN_FOR_YOU})\b"
    ),
    passes=re.compile(
        r"\b(?:i|we|i['’]m|i['’]ll|i['’]ve|we['’]re|we['’]ll|we['’]ve|let me)(?: (?:am|are|will|have|now|just"
        r"|going to))*"
        rf" (?:(?:pass|hand|transfer|connect|forward|escalat|put|refer)\w* (?:you|this|it|your (?:case|request"
        rf"|question|message|chat"
        rf"|conversation|issue|problem|complaint)) (?:on |over |through )?(?:to|with) (?:{_EN_ONE}|{_EN_US})"
        rf"|(?:get|getting|fetch|bring|bringing|call|calling)(?: in)? (?:{_EN_ONE})"
        rf"|(?:ask|asked|asking|told|tell) (?:{_EN_ONE}|{_EN_US}) to {_EN_FOR_YOU})\b"
    ),
    voids=re.compile(
        r"\?|n['’]t\b|\b(?:if|when|whenever|once|unless|until|after|before|every|each|always|usually|normally|may"
        r"|might|can|could"
        r"|would|should|not|cannot|never|nobody|no one|none|unable|feedback|shall"
        r"|please(?! (?:hold|wait|bear|stay|allow|give))|phone|deliver\w*|courier"
        r"|on the day)\b"
        r"|^(?:\w+ ){0,2}(?:call|ring|phone|write|e-?mail|visit|send|contact|reply|message|text)\b"
    ),
)

_ES_ONE = (
    r"(?:(?:un|una|otro|otra|mi|algun|alguna|uno de nuestros|una de nuestras) (?:\w+ )?(?:companer[oa]|colega"
    r"|persona|agente|asesora?"
    r"|especialista|humano|gerente|responsable|operadora?|miembro)(?:s|es)?|alguien)(?: (?:del|de(?: la)?"
    r"|de nuestro) \w+)?"
)
_ES_US = r"(?:(?:el|nuestro|mi|la) (?:\w+ )?(?:equipo|encargad[oa]|gerente|responsable|recepcion))"
_ES_MATTER = (
    r"(?:tu|su|este|el) (?:caso|consulta|mensaje|solicitud|conversacion|chat|problema|pregunta|reclamo"
    r"|queja|pedido)"
)

_SPANISH = _Tongue(
    comes=re.compile(
        rf"\b(?:(?:{_ES_ONE}|{_ES_US}) {_GAP % 1}(?:(?:te|le|os|les) (?:respond|contact|atend|ayud|escrib|llam"
        rf"|contest|habl|avis|dir)\w*ra"
        r"|se pondra(?:n)? en contacto|se comunicara (?:contigo|con usted)|se encargara de (?:esto|ello|ti|tu)"
        r"|(?:va|van) a \w+(?:te|le|os)\b"
        rf"|(?:lo )?(?:revisara|mirara|vera) {_ES_MATTER}|lo (?:revisara|mirara|vera)\b|tomara (?:el relevo"
        rf"|esta conversacion)"
        r"|(?:seguira|continuara) (?:contigo|con usted))"
        rf"|{_ES_ONE} (?:ya |ahora |enseguida )?(?:(?:te|le|os) (?:responde|contacta|atiende|ayuda|escribe|llama"
        rf"|contesta)\b"
        r"|lo (?:revisa|mira|ve) (?:ahora|ya|enseguida)|toma el relevo|se encarga de (?:esto|ello|ti)|sigue contigo)"
        rf"|(?:te|le|os) (?:respond|contact|atend|ayud|escrib|llam|contest)\w*ra {_GAP % 2}(?:{_ES_ONE}|{_ES_US})"
        r"|^te respondera\b)"
    ),
    passes=re.compile(
        r"\b(?:(?:te|le|os) (?:voy a |estoy )?(?:paso|pasando|pasar|transfier|transfir|deriv|comunico|conect"
        r"|pongo en contacto)\w*"
        rf" {_GAP % 2}(?:con|a|al)\b|(?:paso|derivo|transfiero|he pasado|escalo) {_ES_MATTER} (?:a|al"
        rf"|con) (?:{_ES_ONE}|{_ES_US}|equipo)"
        rf"|(?:llamo|aviso|he avisado|he pedido) a (?:{_ES_ONE}|{_ES_US}) para que"
        rf"|pongo en contacto con (?:{_ES_ONE}|{_ES_US}))"
    ),
    voids=re.compile(
        r"\?|\b(?:si|cuando|una vez|despues|antes|cada|siempre|normalmente|puede|pueden|puedo|podria|podemos|no"
        r"|nunca|nadie|por favor"
        r"|tras|ayudara a|tienda)\b|^(?:\w+ ){0,2}(?:llama|llame|llamanos|llamando|escrib[ea]|escribenos|envi[ae]"
        r"|manda|visita"
        r"|contacta|acercate)\b"
    ),
)

_PT_ONE = (
    r"(?:(?:um|uma|outro|outra|algum|alguma|meu|minha|um dos nossos|uma das nossas) (?:\w+ )?(?:colega|atendente"
    r"|pessoa|especialista"
    r"|human[oa]|gerente|agente|responsavel|supervisora?|consultora?|membro)s?|alguem)(?: (?:da|do|de) (?:nossa "
    r"|nosso )?\w+)?"
)
_PT_US = (
    r"(?:(?:a|nossa|o|nosso|minha) (?:\w+ )?(?:equipe|equipa|time|gerente|atendente|responsavel))"
)
_PT_MATTER = (
    r"(?:o |a )?(?:seu|sua|este|esta|esse|essa) (?:caso|pedido|mensagem|solicitacao"
    r"|conversa|chat|problema|pergunta|reclamacao|duvida)"
)
_PT_FOR_YOU = (
    r"(?:(?:falar|entrar em contato|conversar|continuar) com voce|(?:te |lhe )(?:responder|atender|ajudar|chamar"
    r"|ligar|escrever|avisar|dizer)"
    r"|(?:responder|atender|ajudar|chamar|contatar) (?:voce|por aqui|aqui|a voce)|retornar|assumir|ligar para voce"
    rf"|cuidar (?:disso|de voce|d?o seu caso)|(?:olhar|verificar|analisar|ver|revisar) (?:isso|isto|{_PT_MATTER}))"
)

_PORTUGUESE = _Tongue(
    comes=re.compile(
        rf"\b(?:(?:{_PT_ONE}|{_PT_US}) (?:ja )?(?:vai|ira|vao) (?:ja )?{_PT_FOR_YOU}"
        rf"|(?:{_PT_ONE}|{_PT_US}) (?:entrara em contato com voce|te (?:respondera|atendera|ajudara|ligara"
        rf"|chamara)|respondera (?:voce|por aqui|aqui))"
        rf"|{_PT_ONE} (?:ja )?(?:te (?:atende|responde|ajuda|liga|chama)|fala com voce|entra em contato com voce"
        rf"|assume\b|cuida disso|olha isso"
        r"|ve isso|responde (?:voce|por aqui)))"
    ),
    passes=re.compile(
        r"\b(?:(?:vou|estou|irei|vamos) (?:te |lhe |ja )?(?:pass|transfer|encaminh|conect|direcion)\w*"
        rf"(?: (?:voce|isso|isto|{_PT_MATTER}))? (?:para|a|ao|com)\b {_GAP % 1}?(?:{_PT_ONE}|{_PT_US}|equipe|time)"
        rf"|(?:passo|passei|encaminho|encaminhei|transfiro|transferi) (?:voce|isso|isto|{_PT_MATTER}) (?:para|a"
        rf"|ao|com)\b|(?:encaminhei|passei|transferi) para (?:{_PT_ONE}|{_PT_US})"
        rf"|(?:vou|estou) (?:chamar|chamando|pedir para|pedindo para) (?:{_PT_ONE}|{_PT_US}))"
    ),
    voids=re.compile(
        r"\?|\b(?:se|caso (?:voce|queira|prefira|precise|o|a)|quando|apos|depois|antes|cada|sempre|normalmente"
        r"|pode|podem|posso|poderia|nao|nunca|ninguem|por favor|assim que o"
        r"|assim que a|ajudar a|loja)\b|^(?:\w+ ){0,2}(?:ligue|escreva|envie|mande|visite|contate|chame|fale)\b"
    ),
)

_VI_WHO = r"(?:nhan vien|dong nghiep|chuyen vien|tu van vien|quan ly|bo phan)"
_VI_YOU = r"(?:ban|minh|anh|chi|anh chi|quy khach|co|chu|bac)"

_VIETNAMESE = _Tongue(
    comes=re.compile(
        rf"\b{_VI_WHO} {_GAP % 4}(?:se|sap|dang) {_GAP % 2}(?:lien he|tra loi|ho tro|goi|phan hoi|giup"
        rf"|tiep chuyen|nhan tin)"
        rf" (?:lai |ngay )?(?:(?:voi |cho |den )?{_VI_YOU}\b|tai day|o day|ngay\b|trong hom nay)"
        rf"|\b{_VI_WHO} {_GAP % 4}(?:se|sap|dang) {_GAP % 1}(?:xem|kiem tra) (?:giup |cho |lai cho )(?:{_VI_YOU})\b"
    ),
    passes=re.compile(
        rf"\b(?:em|toi|ben em|shop|chung toi) {_GAP % 2}(?:chuyen|noi may|ket noi) (?:{_VI_YOU}|yeu cau"
        rf"|truong hop|cuoc tro chuyen|van de)"
        rf" {_GAP % 4}{_VI_WHO}|\b(?:em|toi) {_GAP % 1}(?:nho|goi|moi) {_GAP % 1}{_VI_WHO} {_GAP % 3}(?:giup"
        rf"|ho tro|tra loi|lien he|kiem tra)"
    ),
    voids=re.compile(
        r"\?|\b(?:neu|khi|truoc|sau khi|moi khi|luon|thuong|co the|khong|chua|de nhan vien|de duoc|vui long|nhe$"
        r"|muon)\b"
        r"|^(?:da |vang )?(?:minh|ban|anh|chi|quy khach)?\s?(?:goi|nhan tin|gui|lien he)\b"
    ),
)

_TH_WHO = "(?:เจ้าหน้าที่|ทีมงาน|พนักงาน|แอดมิน|ผู้จัดการ|เพื่อนร่วมงาน|หัวหน้า)"
_TH_YOU = "(?:คุณ|ลูกค้า|ท่าน)"

_THAI = _Tongue(
    comes=re.compile(
        rf"{_TH_WHO}\S{{0,20}}(?:จะ|กำลัง|รีบ)\s?(?:รีบ|เข้ามา)?(?:(?:ติดต่อ|ตอบ|โทร|แจ้ง)(?:กลับ|ให้|{_TH_YOU}|หา)|มาตอบ)|เดี๋ยวให้{_TH_WHO}มา"
        rf"|{_TH_WHO}\S{{0,20}}(?:จะ|กำลัง)\s?(?:รีบ|เข้ามา)?(?:ดูแล|ช่วย(?:เหลือ)?)(?:{_TH_YOU}|ต่อ|เรื่องนี้)"
        rf"|{_TH_WHO}\S{{0,20}}(?:จะ|กำลัง)\s?(?:รีบ|เข้ามา)?ตรวจสอบ(?:เรื่องนี้|ให้{_TH_YOU})"
    ),
    passes=re.compile(
        rf"(?:ส่งต่อ|โอนสาย|โอนเรื่อง|ส่งเรื่อง|ประสานงาน|เรียก|ตาม)(?:แชท|เรื่องนี้|เรื่อง|{_TH_YOU}"
        rf"|เคส)?\s?(?:นี้)?(?:ไปยัง|ไปให้|ให้|กับ|ถึง)?{_TH_WHO}"
    ),
    voids=re.compile(
        "[?]|ไหม|มั้ย|หรือไม่|หรือเปล่า|หาก|ถ้า|เมื่อ|ก่อน|หลังจาก|ทุก|ปกติ|ไม่|สามารถ|กรุณา|รบกวน|โปรด|ติดต่อได้"
        "|โทร\\s?\\d|ส่งอีเมล"
    ),
)

_TONGUES: Final = (_ENGLISH, _SPANISH, _PORTUGUESE, _VIETNAMESE, _THAI)


def tells_of_a_person(text: str) -> bool:
    """Whether a text promises the customer that a person takes over, in a language we speak; an offer does not.

    All languages are looked for at once: an answer may quote or mix them.
    """
    return any(
        (tongue.comes.search(said) or tongue.passes.search(said)) and not tongue.voids.search(said)
        for said in map(_said, chain.from_iterable(map(_SO.split, sentences(text))))
        for tongue in _TONGUES
    )


def _said(sentence: str) -> str:
    return _COMFORT.sub("", fold(sentence)).strip(" ,.!;:¡")
