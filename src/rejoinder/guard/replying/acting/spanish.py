"""Spanish: "te he movido al viernes", "cargo eliminado", "yo misma lo puse"."""

from __future__ import annotations

from typing import Final

from rejoinder.guard.replying.acting.shape import FEW, START, shapes

_THING = (
    r"(?:cita|pedido|reserva|compra|dinero|importe|cargo|cuenta|tarjeta|pago|plaza|habitación|mesa|entrada"
    r"|suscripción|plan|dirección|envío|devolución|reembolso|factura|hora|turno|visita|hueco|sitio|asiento|cobro"
    r"|multa)s?"
)
# Stems of verbs that change an order or an appointment; any other may be of what was seen, said or written down.
_STEMS = (
    "cancel|anul|elimin|borr|cambi|mov|reserv|reembols|abon|apunt|guard|quit|actualiz|modific|retir|perdon|coloc|agreg"
    "|añad|inscrib|agend|adelant|atras|retras|desplaz|traslad|rebaj|descont|devolv|ingres|transfer|activ|desactiv|desbloque"
    "|bloque|arregl|solucion|resolv|ajust|aplic|acredit|bonific|condon|duplic|sub|baj|met|sac|pon|renov|ampli|confirm|aprob"
    "|autoriz|tramit|gestion|proces|cerr|conced|regal|apart|sustitu|reprogram|reagend|asign|encaj"
)
_PARTICIPLE = (
    rf"(?:(?:{_STEMS})(?:ado|ido|ído)|devuelto|resuelto|inscrito|hecho(?= (?:el|la|un|una|tu) )"
    "|puesto(?= (?:para|a las|en la lista|en lista) ))"
)
_DID = (
    "puse|hice|quité|moví|cambié|borré|anulé|apunté|arreglé|metí|saqué|anoté|reservé|mandé|aboné|devolví|ajusté|subí"
    "|bajé|resolví|solucioné|cancelé|activé"
)
_MADE = "(?:guardad|reservad|apartad|bloquead|apuntad|movid|cambiad|cancelad|anulad)[oa]s?"

_UNDONE = (
    "(?:cancel|anul|elimin|borr|cambi|mov|confirm|reserv|reembols|abon|apunt|guard|quit|actualiz|modific|retir"
    "|perdon)"
)

SPANISH: Final = shapes(
    # te he movido al viernes; te la he pasado a las cinco; he quitado el cargo
    rf"(?<= )(?:te|le|os|lo|la|los|las) (?:he|hemos) (?:ya )?{_PARTICIPLE}"
    r" (?!(?:la|tu|el|un|una) (?:duda|pregunta|recado|queja|mensaje) )",
    r"(?<= )te (?:la|lo|las|los) (?:he|hemos) pasado (?!al |a mi |a un|a recep|a la |a nuestr|a otr)",
    rf"(?<= )(?:he|hemos) (?:ya )?{_PARTICIPLE} (?:tu|su|la|el|los|las) {_THING} ",
    # ya te devolví; lo puse; yo misma la cambié. "Te avisaré" is to come.
    rf"(?<= )te (?!confirmé )(?:(?:{_STEMS})(?:é|í)|puse(?= (?:en|para|otra) )|hice(?= (?:el|la|un|una) )) ",
    rf"(?<= )(?:(?:te|se) )?(?:lo|la|los|las) (?:ya )?(?:{_DID}) (?!mal |bien )",
    r"(?<= )yo mism[oa] (?:te |se |le )?(?:lo |la |los |las )?\w+(?:é|í|uve|use|ice|ije) ",
    # tu cita ha quedado cambiada; ya quedó apuntada; tu hueco guardado; cargo eliminado
    rf"(?<= )(?:tu|su|la|el) {FEW % 2}{_THING} {FEW % 4}(?:ha sido|ha quedado|ya quedó|quedó)"
    r" (?:ya )?\w+(?:ad|id)[oa]s? ",
    r"(?<= )(?:ya )?(?:quedó|quedaste|quedas|te dejé|te puse|te anoté) (?:ya )?"
    r"(?:apuntad|anotad|registrad|cambiad|agendad|inscrit|para el)\w* ",
    rf"(?<= )(?:tu|su|el|la) {_THING} (?:ya )?{_MADE} ",
    rf"{START}{_THING} (?:ya )?{_UNDONE}(?:ad|íd|id)[oa] (?:(?:de|en|a) (?:tu|su|la|el) [^ .]+ )?(?:olvídate |listo )?"
    r"(?=\.|$)",
    # tu cita ya no existe; el dinero va de camino a tu cuenta; el cobro ya figura
    rf"(?<= ){_THING} {FEW % 3}(?:ya no existe|pasó a mejor vida|pasó a la historia|está (?:borrad|eliminad)[oa]) ",
    rf"(?<= )(?:{_THING}|euros) {FEW % 5}(?:salió|salieron|ya va|ya van|ya está|ya están|va|van)"
    r" (?:(?:de|en) camino|a tu|a su|en tu|en su|esta mañana) ",
    rf"(?<= )(?:{_THING}|euros) {FEW % 5}ya (?:figura|aparece|consta|salió|entró) ",
    # Hecho, a ti te la dejo
    rf"{START}(?:(?:sí|claro|perfecto|vale) )?(?:trato hecho|hecho (?=a ti |te |ya |tu |su |queda )|ya está hecho) ?",
    words="te le os lo la los las el tu su yo he hemos hecho trato quedó euros",
    things=_THING,
    just_now=r" (?:hace (?:un|unos) (?:minutos?|momentos?|segundos?|instantes?)|ahora mismito)(?= )",
    ready="list[oa]|hecho",
    now=r" (?:ya|ahora) ",
)
