using System.CommandLine;
using static Tokenline.Host.Verbs.ApiVerbs;

namespace Tokenline.Host.Verbs;

/// <summary>The verbs of what vendors are owed.</summary>
internal static class ContractVerbs
{
    private static readonly string[] columns =
    [
        "version",
        "vendor",
        "model",
        "state",
        "effectiveFrom",
        "effectiveUntil",
        "price.currency",
        "reason",
    ];

    public static Command Command()
    {
        var vendor = Required("--vendor", "The vendor's id.");
        var model = Required("--model", "The Model ID.");
        var file = Required("--file", "The price sheet as JSON, in the contract's currency; - is standard input.");
        var from = Optional("--from", "When it starts, such as 2027-01-31T00:00:00+08:00; at once, unless told.");
        var until = Optional("--until", "When it ends, and the former one is in force again.");
        var reason = Optional("--reason", "Such as the contract's number.");
        var ofVendor = Optional("--vendor", "Only this vendor's.");
        var ofModel = Optional("--model", "Only this model's.");
        return Group(
            "contract",
            "Contracts with vendors: what they are owed for each call.",
            Call(
                "put",
                "Put a contract in force. It follows the one before; calls that have started keep theirs.",
                HttpMethod.Put,
                _ => "contracts",
                p => new
                {
                    vendor = p.GetValue(vendor),
                    model = p.GetValue(model),
                    price = JsonFile.Read(p.GetValue(file)!),
                    effectiveFrom = Instants.Read(p.GetValue(from), "--from"),
                    effectiveUntil = Instants.Read(p.GetValue(until), "--until"),
                    reason = p.GetValue(reason),
                },
                vendor,
                model,
                file,
                from,
                until,
                reason
            ),
            List(
                "list",
                "Every version, newest first.",
                p => $"contracts?{Query("vendor", p.GetValue(ofVendor))}{Query("model", p.GetValue(ofModel))}",
                columns,
                ofVendor,
                ofModel
            )
        );
    }

    private static string Query(string name, string? value) => value is null ? "" : $"{name}={Escape(value)}&";
}
