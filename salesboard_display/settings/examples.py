"""Examples for docs/settings.md; a test loads every one of them."""

from __future__ import annotations

from pydantic import BaseModel

from salesboard_display.settings import boards, mapping, metrics, network, office, rates, sources, sql

WHOLE = """
version = 1

[sources.crm]
type = "file"
path = "exports/deals.csv"

[[sources.crm.facts]]
kind = "deal_won"
where = { stage = "Won" }
key = "deal_id"
person = "owner"
happened = { from = "closed", as = "date", format = "%d.%m.%Y" }
amount = "value"
currency = { constant = "EUR" }

[metrics.revenue]
name = "Revenue won"
kinds = ["deal_won"]
aggregate = "sum"

[boards.revenue-month]
title = "Revenue this month"
metric = "revenue"
period = "this-month"

[slides.leaderboard]
view = "leaderboard"
board = "revenue-month"
"""

EXAMPLES: dict[type[BaseModel], str] = {
    office.OfficeSettings: """
[office]
name = "Example & Co"
locale = "de_DE"
zone = "Europe/Berlin"
currency = "EUR"
week_start = "monday"
fiscal_year_start = 4          # the year begins in April
""",
    office.StoreSettings: """
[store]
path = "data/salesboard.db"    # beside this file
""",
    office.WallSettings: """
[wall]
theme = "light"
screen = 1                     # the second screen
channel = "main"
""",
    network.NetworkSettings: """
[network]
proxy = "http://proxy.lan:3128"
""",
    sources.WebSettings: """
[web]
enabled = true
port = 8765                    # only programs on this computer reach it, say a proxy or a tunnel
public_url = "https://wall.example.com"
""",
    sources.WebhookSource: """
[sources.shop]
type = "webhook"               # posted to http://127.0.0.1:8765/hooks/shop
secrets = ["${env:SHOP_SECRET:-replace this text}"]
signature = { form = "hmac", header = "X-Signature", prefix = "sha256=" }
event_id = "id"
records = "orders"
deleted = "cancelled"

[[sources.shop.facts]]
kind = "deal_won"
key = "number"
person = "seller.name"
happened = "placed_at"
amount = "total"
currency = "currency"
""",
    sources.SignatureSettings: """
[sources.close]
type = "webhook"
ready = "close"
secrets = ["${env:CLOSE_KEY:-00112233445566778899aabbccddeeff}"]

[sources.close.signature]      # what `ready = "close"` says already
form = "hmac"
header = "close-sig-hash"
timestamp_header = "close-sig-timestamp"
signed = "{timestamp}{body}"
key = "hex"
""",
    office.FreshnessSettings: """
[freshness]
late_after = 1.5
stale_after = 4
""",
    rates.RatesSettings: """
[rates]
path = "exports/rates.csv"     # date,currency,rate
quoted = "per-base"            # 1 euro is 1.0873 dollars
entries = [
  { from = "CHF", day = 2026-10-01, rate = 1.06 },   # from 1 October on, 1 franc is 1.06 euros
]
""",
    sources.FileSource: """
[sources.crm]
type = "file"
path = "${env:EXPORTS}/deals.xlsx"
sheet = "Deals"
header_row = 3
zone = "Europe/Berlin"
expected_every = "24h"
unknown_people = "unassigned"
""",
    mapping.Join: """
[sources.crm.joins.teams]      # its columns are then `teams.manager`, `teams.office`, …
path = "exports/teams.csv"
key = "owner"                  # here
on = "sales_agent"             # there
""",
    mapping.FactMapping: """
[[sources.crm.facts]]
kind = "deal_won"
where = { stage = "Won", pipeline = { not = ["Test", "Training"] } }
key = "{deal_id}:won"
person = "owner"
happened = { from = "closed_at", as = "datetime", format = "%d.%m.%Y %H:%M" }
amount = { from = "value", as = "decimal", decimal_mark = "," }
currency = "currency"
attributes = { type = "deal_type", product = { from = "product", map = { GTXPro = "GTX Pro" } } }
detail = { customer = { from = "customer", default = "" } }
""",
    mapping.Credit: """
[[sources.crm.facts]]
kind = "deal_won"
key = "deal_id"
credits = [
  { person = "owner", share = "owner_share" },
  { person = "co_owner", share = "co_owner_share" },
]
happened = "closed_at"

[[sources.crm.facts]]                                        # a nested list: splits = [{ who, share }, …]
kind = "deal_won"
key = "{deal_id}:split"
credits = [{ each = "splits", person = "who", share = "share" }]
happened = "closed_at"
""",
    mapping.PersonMapping: """
[[sources.crm.people]]
id = "owner_id"
name = "owner_name"
team = "team"
region = "region"
from = { from = "in_team_since", as = "date" }
""",
    mapping.TextValue: """
[[sources.crm.facts]]
kind = "deal_won"
key = "deal_id"
person = "owner.email"                                       # a nested record's field
happened = "closed_at"
attributes.type = { from = "type", map = { NB = "new", UP = "upsell" }, default = "new" }
attributes.product = { from = "items[0].product" }           # JMESPath
attributes.region = { constant = "north" }
""",
    mapping.NumberValue: """
[[sources.crm.facts]]
kind = "call"
key = "call_id"
person = "agent"
happened = "started_at"
quantity = { from = "talk_time", as = "duration_s" }
amount = { from = "cents", as = "minor" }
currency = { constant = "EUR" }
""",
    mapping.TimeValue: """
[[sources.crm.facts]]
kind = "deal_won"
key = "deal_id"
person = "owner"
happened = { from = "close_date", as = "date", format = "%m/%d/%Y", zone = "America/New_York" }
""",
    sql.SqlSource: """
[sources.crm]
type = "sql"
url = "${env:CRM_DATABASE:-postgresql://reader@localhost/crm}"
query = "SELECT id, owner, stage, closed_at, amount, currency FROM deals WHERE closed_at >= :oldest"
zone = "Europe/Berlin"

[[sources.crm.facts]]
kind = "deal_won"
where = { stage = "won" }
key = "{id}:won"
person = "owner"
happened = "closed_at"
amount = "amount"
currency = "currency"
""",
    sql.SqlCursor: """
[sources.calls]
type = "sql"
url = "${env:PHONE_DATABASE:-mariadb://reader@localhost/phones}"
query = "SELECT id, agent, started_at, seconds FROM calls WHERE id > :cursor"
cursor = { column = "id", as = "integer", full_every = "24h" }
""",
    sources.DemoSource: """
[sources.demo]
type = "demo"
seed = 7
""",
    office.PersonSettings: """
[people.anna-snelling]
name = "Anna Snelling"
identities = ["crm:Anna Snelling", "crm:asnelling"]
left = 2026-09-01
""",
    office.MembershipSettings: """
[people.anna-snelling]
memberships = [
  { team = "west", to = 2026-06-30 },
  { team = "east", from = 2026-07-01 },
]
""",
    office.TeamSettings: """
[teams.west]
name = "West"
region = "North America"
""",
    metrics.MetricSettings: """
[metrics.revenue]
name = "Revenue won"
kinds = ["deal_won"]
aggregate = "sum"
where = { type = { not = "renewal" } }

[metrics.win-rate]
name = "Win rate"
kinds = ["deal_won"]
aggregate = "ratio"
over = { kinds = ["deal_won", "deal_lost"] }
minimum_sample = 10

[metrics.activity]
name = "Activity"
aggregate = "weighted"
weights = { call = 1, meeting = 5, demo = 10 }
""",
    metrics.UnitSettings: """
[metrics.demos]
name = "Demos"
kinds = ["demo"]
aggregate = "count"
unit = { kind = "number", word = "demos" }
""",
    boards.PeriodSettings: """
[boards.campaign]
title = "Autumn campaign"
metric = "revenue"
period = { from = 2026-09-15, to = 2026-10-31 }

[boards.last-thirty-days]
title = "Last 30 days"
metric = "revenue"
period = { rolling_days = 30 }
""",
    boards.BoardSettings: """
[boards.revenue-month]
title = "Revenue won"
metric = "revenue"
period = "this-month"
tie_breakers = ["first-to-get-there"]
purpose = "New business keeps us independent"
""",
    boards.TargetSettings: """
[targets.company-month]
title = "Team goal"
who = "company"
metric = "revenue"
period = "this-month"
value = 900_000
""",
    boards.ChallengeSettings: """
[challenges.demo-week]
title = "Demo dry-run week"
format = "first-to"
goal = 15
metric = "demos"
start = 2026-11-02T09:00:00
end = 2026-11-06T17:00:00
prize = "Dinner for two"

[challenges.revenue-race]
title = "Month's race"
format = "most-by-the-end"
metric = "revenue"
window = "this-month"
""",
    boards.SlideSettings: """
[slides.leaderboard]
view = "leaderboard"
board = "revenue-month"
panels = ["challenge:demo-week", "target:company-month"]
dwell = "20s"
""",
    boards.ScheduleSettings: """
[slides.morning]
view = "leaderboard"
board = "revenue-month"
schedule = { weekdays = ["mon", "tue", "wed", "thu", "fri"], from = "08:30", to = "12:00" }
""",
    boards.ChannelSettings: """
[channels.main]
slides = ["leaderboard", "morning"]
""",
}
