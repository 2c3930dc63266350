using System.CommandLine;
using static Tokenline.Host.Verbs.ApiVerbs;

namespace Tokenline.Host.Verbs;

/// <summary>The verbs of prices that vendors propose.</summary>
internal static class PriceProposalVerbs
{
    private static readonly string[] columns =
    [
        "vendor",
        "id",
        "kind",
        "model",
        "state",
        "effect",
        "effectiveFrom",
        "effectiveUntil",
        "difference",
        "reason",
    ];

    public static Command Command()
    {
        var vendor = Id("vendor", "The vendor's id.");
        var id = Id("id", "The vendor's own name for the proposal.");
        var ofVendor = Optional("--vendor", "Only this vendor's.");
        var state = Optional("--state", "Only those: proposed, withdrawn, rejected, approved or lapsed.");
        var proposer = Required("--vendor", "The vendor's id.");
        var name = Required("--id", "The vendor's own name for it: given again it is the same proposal.");
        var kind = new Option<string>("--kind")
        {
            Description = "retail: what customers are charged; wholesale: what the vendor is owed.",
            DefaultValueFactory = _ => "retail",
        };
        kind.AcceptOnlyFromAmong("retail", "wholesale");
        var model = Required("--model", "The Model ID.");
        var file = Required("--file", "The price sheet as JSON; - is standard input.");
        var from = Required("--from", "When it is to start, such as 2027-01-31T00:00:00+08:00; after the vendor's notice.");
        var until = Optional("--until", "When it ends: a promotion, after which the former price is in force again.");
        var reason = Optional("--reason", "Why, for the operator.");
        var dry = new Option<bool>("--dry-run") { Description = "Say what it would come to, and keep nothing." };
        var later = Optional("--from", "A later start than the vendor asked for.");
        var answer = Optional("--answer", "What the vendor reads.");
        var why = Required("--reason", "Why not; the vendor reads it.");
        return Group(
            "proposal",
            "Prices that vendors propose: each starts after its notice, when the operator has approved it.",
            List(
                "list",
                "Proposals, newest first.",
                p => $"price-proposals?{Query("vendor", p.GetValue(ofVendor))}{Query("state", p.GetValue(state))}",
                columns,
                ofVendor,
                state
            ),
            Get("show", "A proposal with its price sheet.", p => Path(p, vendor, id), vendor, id),
            Get(
                "notice",
                "How long before its start a vendor proposes a price.",
                p => $"vendors/{Escape(p.GetValue(vendor))}/price-notice",
                vendor
            ),
            Call(
                "make",
                "Propose a price, in a vendor's name.",
                HttpMethod.Post,
                _ => "price-proposals",
                p => new
                {
                    vendor = p.GetValue(proposer),
                    id = p.GetValue(name),
                    kind = p.GetValue(kind),
                    model = p.GetValue(model),
                    price = JsonFile.Read(p.GetValue(file)!),
                    effectiveFrom = Instants.Read(p.GetValue(from), "--from"),
                    effectiveUntil = Instants.Read(p.GetValue(until), "--until"),
                    reason = p.GetValue(reason),
                    dryRun = p.GetValue(dry),
                },
                proposer,
                name,
                kind,
                model,
                file,
                from,
                until,
                reason,
                dry
            ),
            Call(
                "withdraw",
                "Take a proposal back, in the vendor's name.",
                HttpMethod.Post,
                p => $"{Path(p, vendor, id)}/withdraw",
                _ => null,
                vendor,
                id
            ),
            Call(
                "approve",
                "Approve a proposal: its price takes effect when it is due.",
                HttpMethod.Post,
                p => $"{Path(p, vendor, id)}/approve",
                p => new { effectiveFrom = Instants.Read(p.GetValue(later), "--from"), answer = p.GetValue(answer) },
                vendor,
                id,
                later,
                answer
            ),
            Call(
                "reject",
                "Reject a proposal.",
                HttpMethod.Post,
                p => $"{Path(p, vendor, id)}/reject",
                p => new { reason = p.GetValue(why) },
                vendor,
                id,
                why
            )
        );
    }

    private static string Path(ParseResult parsed, Argument<string> vendor, Argument<string> id) =>
        $"price-proposals/{Escape(parsed.GetValue(vendor))}/{Escape(parsed.GetValue(id))}";

    private static string Query(string name, string? value) => value is null ? "" : $"{name}={Escape(value)}&";
}
