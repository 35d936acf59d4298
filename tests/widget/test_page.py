"""The chat page in a real browser."""

import asyncio
import re
from uuid import UUID, uuid4

import pytest
from playwright.async_api import Browser, Locator, Page, Route, expect

from rejoinder.db import new_id
from rejoinder.errors import Invalid, Unavailable
from tests.widget.shop import Shop, Steps, reply


async def say(page: Page, text: str) -> None:
    await page.get_by_label("Your message").fill(text)
    await page.get_by_role("button", name="Send").click()


def own(page: Page) -> Locator:
    return page.locator(".own .bubble")


def replies(page: Page) -> Locator:
    return page.locator(".bot .bubble")


async def test_a_message_gets_its_reply(page: Page) -> None:
    await expect(page.get_by_role("heading", level=1)).to_have_text("Mali from Baan Tea")
    await expect(page.get_by_text("no large language model")).to_be_visible()
    await say(page, "hello")
    await expect(own(page)).to_have_text(["hello"])
    await expect(replies(page)).to_have_text(["You said: hello"])
    await expect(page.locator(".own .foot")).to_contain_text("Sent")
    await expect(page.get_by_label("Your message")).to_have_value("")
    await expect(page.get_by_label("Your message")).to_be_focused()


async def test_an_example_is_one_click(page: Page) -> None:
    await expect(page.locator(".example")).to_have_count(3)
    await page.get_by_role("button", name="How much is shipping?").click()
    await expect(replies(page)).to_have_text(["You said: How much is shipping?"])
    await expect(page.get_by_text("begin with one of these")).to_be_hidden()


async def test_markup_is_shown_as_text(page: Page, shop: Shop) -> None:
    markup = "<script>document.title='x'</script><img src=x onerror=\"document.title='x'\"> &amp;"
    await say(page, markup)
    await expect(own(page)).to_have_text([markup])
    await expect(replies(page)).to_have_text([f"You said: {markup}"])
    assert await page.locator("#log script, #log img").count() == 0
    assert await page.title() == "Mali from Baan Tea"


async def test_messages_arrive_in_the_order_written(page: Page, shop: Shop) -> None:
    words = [f"message {n}" for n in range(12)]
    for text in words:
        await page.get_by_label("Your message").fill(text)
        await page.keyboard.press("Enter")
    await expect(replies(page)).to_have_text([f"You said: {text}" for text in words])
    await expect(own(page)).to_have_text(words)


async def test_a_failed_message_is_sent_again_under_the_same_id(page: Page, shop: Shop) -> None:
    ids: list[str] = []
    page.on(
        "request", lambda request: ids.append((request.post_data_json or {}).get("message_id", ""))
    )
    shop.failures.append(Unavailable("PostgreSQL does not answer."))
    await say(page, "hello")
    await expect(page.get_by_text("Not sent. The server can't take it right now.")).to_be_visible()
    assert shop.conversations == {}
    await page.get_by_role("button", name="Try again").click()
    await expect(replies(page)).to_have_text(["You said: hello"])
    await expect(own(page)).to_have_text(["hello"])
    await expect(page.get_by_text("Not sent")).to_have_count(0)
    first, second = filter(None, ids)
    assert UUID(first) == UUID(second)


async def test_a_message_whose_answer_was_lost_shows_as_sent(page: Page, shop: Shop) -> None:
    """The server stored it and the connection broke before the 202: its event is proof enough."""
    await say(page, "first")
    await expect(replies(page)).to_have_count(1)

    async def cut(route: object) -> None:
        await route.fetch()  # type: ignore[attr-defined]
        await route.abort()  # type: ignore[attr-defined]

    await page.route("**/widget/messages", cut, times=1)
    await say(page, "second")
    await expect(replies(page)).to_have_text(["You said: first", "You said: second"])
    await expect(page.get_by_text("Not sent")).to_have_count(0)
    await expect(own(page)).to_have_text(["first", "second"])


async def test_a_refused_message_says_why(page: Page, shop: Shop) -> None:
    shop.failures.append(Invalid("This shop takes no such message."))
    await say(page, "hello")
    await expect(page.get_by_text("Not sent. This shop takes no such message.")).to_be_visible()


async def test_a_reload_keeps_the_conversation(page: Page) -> None:
    for text in ("one", "two"):
        await say(page, text)
    await expect(replies(page)).to_have_count(2)
    await page.reload()
    await expect(own(page)).to_have_text(["one", "two"])
    await expect(replies(page)).to_have_text(["You said: one", "You said: two"])
    await say(page, "three")
    await expect(replies(page)).to_have_count(3)
    await expect(own(page)).to_have_text(["one", "two", "three"])


async def test_a_broken_stream_goes_on_where_it_was(page: Page, shop: Shop) -> None:
    shop.drop_streams = True
    await say(page, "one")
    await expect(replies(page)).to_have_count(1)
    await say(page, "two")
    await expect(replies(page)).to_have_text(["You said: one", "You said: two"])
    assert shop.read_from[0] == 0
    assert shop.read_from[-1] >= 4
    assert 0 not in shop.read_from[1:]


async def test_starting_over_begins_a_new_conversation(page: Page, shop: Shop) -> None:
    await expect(page.get_by_role("button", name="Start over")).to_be_hidden()
    await say(page, "the old story")
    await expect(replies(page)).to_have_count(1)
    await page.get_by_role("button", name="Start over").click()
    await page.get_by_role("button", name="Keep this one").click()
    await expect(own(page)).to_have_count(1)
    await page.get_by_role("button", name="Start over").click()
    await page.get_by_role("dialog").get_by_role("button", name="Start over").click()
    await expect(own(page)).to_have_count(0)
    await expect(page.locator(".example")).to_have_count(3)
    await say(page, "a new one")
    await expect(replies(page)).to_have_text(["You said: a new one"])
    assert len(shop.conversations) == 2


async def test_a_lost_session_is_mended_and_the_message_kept(page: Page, shop: Shop) -> None:
    await say(page, "one")
    await expect(replies(page)).to_have_count(1)
    await page.context.clear_cookies()
    await say(page, "two")
    await expect(replies(page)).to_have_text(["You said: two"])
    await expect(own(page)).to_have_text(["two"])
    assert len(shop.conversations) == 2


async def test_typing_shows_while_a_turn_runs(page: Page, shop: Shop) -> None:
    turn, newer = str(new_id()), str(new_id())
    shop.answer = lambda _: [("turn.started", {"turn_id": turn})]
    await say(page, "hello")
    await expect(page.locator("#typing")).to_be_visible()
    await expect(page.get_by_text("Mali from Baan Tea is writing.")).to_have_count(1)
    (visitor,) = shop.conversations
    await shop.add(visitor, [("turn.superseded", {"turn_id": turn})])
    await expect(page.locator("#typing")).to_be_hidden()
    await shop.add(visitor, [("turn.started", {"turn_id": newer})])
    await expect(page.locator("#typing")).to_be_visible()
    await shop.add(visitor, [("turn.failed", {"turn_id": newer})])
    await expect(page.locator("#typing")).to_be_hidden()


async def test_a_handoff_is_said_and_a_person_is_named(page: Page, shop: Shop) -> None:
    said = {"text": "Hi, this is Nok.", "sender_type": "agent"}
    person = {"message_id": str(new_id()), **said}
    steps: Steps = [
        ("turn.started", {"turn_id": str(new_id())}),
        ("conversation.handed_off", {"reason": "customer_asked"}),
        ("message.sent", person),
    ]
    shop.answer = lambda _: steps
    await say(page, "a person, please")
    await expect(page.get_by_text("handed to a person")).to_be_visible()
    await expect(replies(page)).to_have_text(["Hi, this is Nok."])
    await expect(page.locator(".bot .foot")).to_contain_text("A person")
    await expect(page.locator("#typing")).to_be_hidden()


async def test_who_answers_is_said_once_and_again_when_it_changes(page: Page, shop: Shop) -> None:
    called: Steps = [("conversation.handed_off", {"reason": "customer_asked"})]
    taken: Steps = [("conversation.handed_off", {"reason": "takeover", "to": "agent"})]
    shop.answer = lambda _: called
    await say(page, "a person, please")
    notices = page.locator(".notice")
    await expect(notices).to_have_text([re.compile("handed to a person")])
    (visitor,) = shop.conversations
    await shop.add(visitor, [*taken, *reply("Hi, this is Nok.")])
    await expect(replies(page)).to_have_count(1)
    await expect(notices).to_have_count(1)
    await shop.add(visitor, [("conversation.released", {"by": "nok"}), *called])
    await shop.add(visitor, [("conversation.closed", {"by": "nok"})])
    told = ("handed to a person", "assistant answers again", "handed to a person", "was closed")
    await expect(notices).to_have_text([re.compile(each) for each in told])


async def test_enter_sends_and_shift_enter_does_not(page: Page) -> None:
    field = page.get_by_label("Your message")
    await field.press_sequentially("one")
    await field.press("Shift+Enter")
    await field.press_sequentially("two")
    await expect(field).to_have_value("one\ntwo")
    await field.press("Enter")
    await expect(own(page)).to_have_text([re.compile("^one\ntwo$")])


async def test_nothing_is_sent_for_blanks(page: Page, shop: Shop) -> None:
    field = page.get_by_label("Your message")
    await field.fill("  \n ")
    await field.press("Enter")
    await say(page, "hello")
    await expect(own(page)).to_have_text(["hello"])


@pytest.mark.parametrize("text", ["ขอบคุณ", "tiếng Việt", "ありがとう"])
async def test_the_enter_that_ends_a_composition_sends_nothing(page: Page, text: str) -> None:
    """What Chromium (isComposing) and Safari (keyCode 229 after the end) report for that key."""
    field = page.get_by_label("Your message")
    await field.focus()
    devtools = await page.context.new_cdp_session(page)
    await devtools.send(
        "Input.imeSetComposition", {"text": text, "selectionStart": 0, "selectionEnd": len(text)}
    )
    await expect(field).to_have_value(text)
    for sign in ({"isComposing": True}, {"keyCode": 229}):
        key = {"key": "Enter", "bubbles": True, "cancelable": True, **sign}
        assert await field.evaluate(
            "(f, key) => f.dispatchEvent(new KeyboardEvent('keydown', key))", key
        )
    await devtools.send("Input.insertText", {"text": text})
    await expect(field).to_have_value(text)
    await expect(own(page)).to_have_count(0)
    await field.press("Enter")
    await expect(own(page)).to_have_text([text])


async def test_another_tab_sees_the_same_conversation(page: Page) -> None:
    await say(page, "from the first")
    await expect(replies(page)).to_have_count(1)
    other = await page.context.new_page()
    await other.goto("/")
    await say(other, "from the second")
    await expect(own(page)).to_have_text(["from the first", "from the second"])
    await expect(own(other)).to_have_text(["from the first", "from the second"])
    await expect(replies(page)).to_have_count(2)


async def test_what_was_said_before_stands_above_what_is_written_meanwhile(page: Page) -> None:
    await say(page, "from the first")
    await expect(replies(page)).to_have_count(1)
    other, read = await page.context.new_page(), asyncio.Event()

    async def late(route: Route) -> None:
        await read.wait()
        await route.continue_()

    await other.route("**/widget/events*", late)
    await other.goto("/")
    await say(other, "from the second")
    await expect(other.locator(".own .foot")).to_contain_text("Sent")
    read.set()
    said = ["from the first", "You said: from the first"]
    said += ["from the second", "You said: from the second"]
    await expect(other.locator("#log .bubble")).to_have_text(said)
    await expect(other.locator("#log .joined")).to_have_count(0)


async def test_reading_back_is_not_interrupted(page: Page, shop: Shop) -> None:
    await say(page, "hello")
    await expect(page.locator(".own .foot")).to_contain_text("Sent")
    (visitor,) = shop.conversations
    for n in range(30):
        await shop.add(visitor, reply(f"line {n}"))
    newest = replies(page).last
    await expect(newest).to_have_text("line 29")
    await expect(newest).to_be_in_viewport()
    await page.locator("#scroller").evaluate(
        "async (s) => { s.scrollTop = 0; await new Promise(requestAnimationFrame); }"
    )
    await shop.add(visitor, reply("the newest"))
    await expect(newest).to_have_text("the newest")
    await expect(newest).not_to_be_in_viewport()
    await page.get_by_role("button", name="New messages").click()
    await expect(newest).to_be_in_viewport()


@pytest.mark.parametrize("width", [320, 1200])
async def test_nothing_is_wider_than_the_window(page: Page, shop: Shop, width: int) -> None:
    await page.set_viewport_size({"width": width, "height": 600})
    await say(page, "w" * 400 + " https://example.com/" + "a/" * 200)
    await expect(replies(page)).to_have_count(1)
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert await page.locator("#scroller").evaluate("(s) => s.scrollWidth <= s.clientWidth")
    await expect(page.get_by_role("button", name="Send")).to_be_in_viewport(ratio=1)


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_text_stands_out_from_its_ground(
    browser: Browser, url: str, shop: Shop, scheme: str
) -> None:
    """WCAG 2.2, 1.4.3: 4.5 to 1 for text, in both schemes."""
    context = await browser.new_context(base_url=url, color_scheme=scheme)  # type: ignore[arg-type]
    page = await context.new_page()
    await page.goto("/")
    ground = await page.evaluate("getComputedStyle(document.body).backgroundColor")
    brightest = max(int(part) for part in re.findall(r"\d+", ground))
    assert (brightest < 64) is (scheme == "dark")
    await expect(page.locator(".example").first).to_be_visible()
    assert await page.evaluate(_WORST_CONTRAST) >= 4.5
    shop.answer = lambda text: [*reply(text), ("conversation.handed_off", {"reason": "asked"})]
    await say(page, "hello")
    await expect(page.locator(".notice")).to_be_visible()
    shop.failures.append(Unavailable("PostgreSQL does not answer."))
    await say(page, "hello again")
    await expect(page.get_by_role("button", name="Try again")).to_be_visible()
    assert await page.evaluate(_WORST_CONTRAST) >= 4.5
    await context.close()


_WORST_CONTRAST = """() => {
  const channels = (color) => (color.match(/[\\d.]+/g) ?? []).map(Number);
  const light = (rgb) => rgb.slice(0, 3).map((c) => c / 255)
    .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const ground = (element) => {
    for (let e = element; e; e = e.parentElement) {
      const found = channels(getComputedStyle(e).backgroundColor);
      if (found.length === 3 || found[3] === 1) return found;
    }
    return [255, 255, 255];
  };
  const texts = [...document.querySelectorAll("h1, h2, p, button, time, textarea, kbd")]
    .filter((e) => e.checkVisibility() && (e.textContent.trim() || e.value));
  return Math.min(...texts.map((e) => {
    const pair = [light(channels(getComputedStyle(e).color)), light(ground(e))];
    const [a, b] = pair.sort((x, y) => y - x);
    return (a + 0.05) / (b + 0.05);
  }));
}"""


async def test_an_unknown_visitors_cookie_is_replaced(page: Page) -> None:
    await page.context.clear_cookies()
    await page.context.add_cookies(
        [{"name": "rejoinder_visitor", "value": str(uuid4()), "url": page.url}]
    )
    await page.reload()
    await say(page, "hello")
    await expect(replies(page)).to_have_text(["You said: hello"])


async def test_events_are_read_alike_however_the_network_cuts_them(page: Page) -> None:
    text = ': hi\n\nid: 7\r\nevent: a\r\ndata: "x: y"\r\n\r\ndata:one\ndata: two\n\nevent: none\n\n'
    found = await page.evaluate(
        """async (text) => {
          const file = document.querySelector("link[href$='stream.js']").href;
          const { Parser } = await import(file);
          return Array.from(text, (_, cut) => {
            const events = [];
            const parser = new Parser((event) => events.push([event.id, event.type, event.data]));
            parser.feed(text.slice(0, cut));
            parser.feed(text.slice(cut));
            return events;
          });
        }""",
        text,
    )
    assert len(found) == len(text)
    for events in found:
        assert events == [["7", "a", '"x: y"'], [None, "message", "one\ntwo"]]
