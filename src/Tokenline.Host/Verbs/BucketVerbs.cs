using System.CommandLine;
using static Tokenline.Host.Verbs.ApiVerbs;
using static Tokenline.Host.Verbs.SellingVerbs;

namespace Tokenline.Host.Verbs;

/// <summary>What is left, what the operator gives and takes back, what comes again every period, and packs that buy themselves.</summary>
internal static class BucketVerbs
{
    public static IEnumerable<Command> Commands() => [Buckets(), Refills(), AutoPack()];

    private static Command Buckets()
    {
        var what = new Given(
            "bonus (unless told), plan, pack, pool, throughput, capacity, wallet (money paid in) or credit (a credit line)."
        );
        var until = Optional("--expires", "When it ends, such as 2027-01-01T00:00:00Z; without it: never.");
        var reason = Required("--reason", "Why; it is kept.");
        var id = Id("id", "The bucket's id.");
        var to = Required("--to", "The bucket that it goes to.");
        var part = Optional("--amount", "How much, in whole units; without it: all that is left.");
        return Group(
            "bucket",
            "What is left, and what the operator gives, moves and takes back.",
            List(
                "list",
                "A customer's buckets in the order of paying, with their windows.",
                p => Of(p, "buckets"),
                [
                    "id",
                    "name",
                    "type",
                    "unit",
                    "currency",
                    "granted",
                    "remaining",
                    "reserved",
                    "consumed",
                    "leased",
                    "windows",
                    "expiresAt",
                ],
                customer
            ),
            Call(
                "grant",
                "Give without an order: a bonus, a wallet top-up, a credit line.",
                HttpMethod.Post,
                p => Of(p, "buckets"),
                p => what.Body(p, ("reason", p.GetValue(reason)), ("expiresAt", p.GetValue(until))),
                [customer, reason, .. what.Options, until, Key]
            ),
            Call(
                "transfer",
                "Move what is left to another bucket of the same unit.",
                HttpMethod.Post,
                p => Of(p, "buckets") + $"/{Escape(p.GetValue(id))}/transfers",
                p => new
                {
                    to = p.GetValue(to),
                    amount = p.GetValue(part),
                    reason = p.GetValue(reason),
                },
                id,
                customer,
                to,
                part,
                reason,
                Key
            ),
            Call(
                "void",
                "Take back what is left of a bucket.",
                HttpMethod.Delete,
                p => Of(p, "buckets") + $"/{Escape(p.GetValue(id))}?reason={Escape(p.GetValue(reason))}",
                _ => null,
                id,
                customer,
                reason,
                Key
            )
        );
    }

    private static Command Refills()
    {
        var what = new Given("bonus (unless told), plan, pack, pool, throughput, capacity, wallet or credit.");
        var period = Required("--period", "day, week, month or planMonth.");
        var from = Optional("--from", "When the first period begins; without it: now.");
        var until = Optional("--until", "No period begins at or after it.");
        var most = Optional("--rollover-max", "The most of what is left that goes into the next period; without it: nothing does.");
        var least = Optional("--rollover-min", "Less than this does not roll over.");
        var id = Id("id", "The refill's id.");
        return Group(
            "refill",
            "What is granted again every period.",
            List(
                "list",
                "A customer's refills.",
                p => Of(p, "refills"),
                ["id", "name", "type", "unit", "currency", "amount", "period", "rolloverMax", "periodEndsAt", "stopped"],
                customer
            ),
            Call(
                "add",
                "Grant something again every period.",
                HttpMethod.Post,
                p => Of(p, "refills"),
                Terms,
                [customer, period, .. what.Options, from, until, most, least, Key]
            ),
            Call(
                "change",
                "Change a refill from its next period on. What is not named is not set any more, but for its beginning.",
                HttpMethod.Put,
                p => Of(p, "refills") + $"/{Escape(p.GetValue(id))}",
                Terms,
                [id, customer, period, .. what.Options, from, until, most, least, Key]
            ),
            Call(
                "stop",
                "No period begins after this.",
                HttpMethod.Delete,
                p => Of(p, "refills") + $"/{Escape(p.GetValue(id))}",
                _ => null,
                id,
                customer,
                Key
            )
        );

        object Terms(ParseResult p) =>
            what.Body(
                p,
                ("period", p.GetValue(period)),
                ("from", p.GetValue(from)),
                ("until", p.GetValue(until)),
                ("rolloverMax", p.GetValue(most)),
                ("rolloverMin", p.GetValue(least))
            );
    }

    private static Command AutoPack()
    {
        var offering = Required("--offering", "The pack's id, such as token-pack.");
        var max = new Option<int>("--max-per-month") { Description = "At the most in a calendar month, 1 to 100.", Required = true };
        var method = Optional("--method", "phoneBill (unless told), wallet or invoice.");
        return Group(
            "autopack",
            "Packs that buy themselves when nothing is left.",
            Get("show", "The customer's terms, and how many were bought this month.", p => Of(p, "auto-pack"), customer),
            Call(
                "allow",
                "The customer opts in.",
                HttpMethod.Put,
                p => Of(p, "auto-pack"),
                p => new
                {
                    offering = p.GetValue(offering),
                    maxPerMonth = p.GetValue(max),
                    paymentMethod = p.GetValue(method),
                },
                customer,
                offering,
                max,
                method,
                Key
            ),
            Call("stop", "The customer opts out.", HttpMethod.Delete, p => Of(p, "auto-pack"), _ => null, customer, Key)
        );
    }

    /// <summary>The options that say what a bucket shall be.</summary>
    private sealed class Given(string types)
    {
        private readonly Option<string?> type = Optional("--type", $"One of {types}");
        private readonly Option<string> amount = Required("--amount", "In whole units, or of the currency.");
        private readonly Option<string?> unit = Optional("--unit", "The quota unit, such as general-token; for money give --currency.");
        private readonly Option<string?> currency = Optional("--currency", "For money, such as CNY.");
        private readonly Option<string?> name = Optional("--name", "What customers see; its type unless told.");
        private readonly Option<string[]> models = new("--model")
        {
            Description = "A Model ID that it may pay for; repeat for more. Without it: all.",
        };
        private readonly Option<string[]> limits = LimitOption.New("A window of what it pays");
        private readonly Option<bool> blocker = new("--blocker") { Description = "While it is open nothing after it pays for its models." };
        private readonly Option<int?> priority = new("--priority") { Description = "Lower pays first; that of its type unless told." };

        public Symbol[] Options => [type, amount, unit, currency, name, models, limits, blocker, priority];

        public Dictionary<string, object?> Body(ParseResult p, params (string Field, object? Value)[] more)
        {
            var body = new Dictionary<string, object?>
            {
                ["type"] = p.GetValue(type),
                ["amount"] = p.GetValue(amount),
                ["unit"] = p.GetValue(unit),
                ["currency"] = p.GetValue(currency),
                ["name"] = p.GetValue(name),
                ["models"] = p.GetValue(models) is { Length: > 0 } m ? m : null,
                ["limits"] = LimitOption.Read(p, limits),
                ["isBlocker"] = p.GetValue(blocker),
                ["priority"] = p.GetValue(priority),
            };
            foreach (var (field, value) in more)
                body[field] = value;
            return body;
        }
    }
}
