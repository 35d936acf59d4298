"""Metrics in Prometheus' form; `docs/metrics.md` describes each, and a test holds that."""

from prometheus_client import Counter, Gauge, Histogram

MESSAGES = Counter("rejoinder_messages_total", "Messages stored.", ["direction", "platform"])
DUPLICATES = Counter(
    "rejoinder_duplicate_messages_total", "Messages sent again with an id already stored."
)
TURNS = Counter("rejoinder_turns_total", "Attempts at a turn, by how they ended.", ["outcome"])
TURN_SECONDS = Histogram(
    "rejoinder_turn_seconds",
    "From the first unanswered message to the commit.",
    buckets=(0.05, 0.1, 0.25, 0.5, 1, 2, 3, 5, 8, 13, 21, 34, 60, 120, 300),
)
RUNNING = Gauge("rejoinder_turns_running", "Turns this process is answering now.")
RESCUED = Counter("rejoinder_turns_rescued_total", "Turns taken from dead or stalled workers.")
REWOKEN = Counter(
    "rejoinder_turns_rewoken_total", "Overdue turns whose wake-up had to be sent again."
)
LOOPS = Counter("rejoinder_loops_total", "Conversations stopped because two machines wrote.")
MODEL_CALLS = Counter(
    "rejoinder_model_calls_total", "Calls to a model.", ["provider", "model", "outcome"]
)
MODEL_TOKENS = Counter(
    "rejoinder_model_tokens_total", "Tokens of those calls.", ["provider", "model", "kind"]
)
MODEL_SECONDS = Histogram(
    "rejoinder_model_seconds",
    "Duration of one call to a model.",
    ["provider", "model"],
    buckets=(0.05, 0.1, 0.25, 0.5, 1, 2, 3, 5, 8, 13, 21, 34, 60, 120),
)
MODEL_BREAKER = Gauge(
    "rejoinder_model_breaker",
    "Whether a model is asked: 0 yes, 1 one call tries it, 2 it is left alone.",
    ["provider", "model"],
)
MODEL_CROWDED = Counter(
    "rejoinder_model_crowded_total",
    "Calls that found no place in time, by the limits of their provider.",
    ["provider"],
)
BUDGETS = Counter(
    "rejoinder_budgets_reached_total",
    "Budgets of which so much was spent, once a day each.",
    ["subject", "percent"],
)
DELIVERIES = Counter(
    "rejoinder_deliveries_total", "Tries to send a reply, by what came of them.", ["result"]
)
RECEIPTS = Counter(
    "rejoinder_receipts_total", "What platforms told of our messages.", ["status", "effect"]
)
FAILED_JOBS = Counter(
    "rejoinder_failed_jobs_total", "Jobs of the queue that were held as failed.", ["lane"]
)
PAUSED = Gauge(
    "rejoinder_channels_paused", "Channels through which nothing leaves until they are resumed."
)
WEBHOOKS = Counter(
    "rejoinder_webhooks_total",
    "Webhooks of platforms, by what became of them.",
    ["platform", "outcome"],
)
BAD_SIGNATURES = Counter(
    "rejoinder_bad_signatures_total",
    "Webhooks that were not the platform's.",
    ["platform", "reason"],
)
TROUBLES = Counter(
    "rejoinder_platform_troubles_total",
    "Errors of an account that its platform told of.",
    ["platform", "failure"],
)
INTAKE = Counter("rejoinder_intake_total", "Webhooks kept in the intake, by state.", ["state"])
REFUSED = Counter("rejoinder_refused_requests_total", "Requests answered with a problem.", ["code"])
MEDIA = Counter(
    "rejoinder_media_total", "Tries to fetch a file, by what came of them.", ["kind", "result"]
)
MEDIA_BYTES = Counter("rejoinder_media_bytes_total", "Bytes of files put into the store of media.")
