using System.CommandLine;
using System.Text.Json;
using static Tokenline.Host.Verbs.ReceiptVerb;

namespace Tokenline.Host.Verbs;

/// <summary><c>tokenline model list</c>: what is charged for each model, in money and in quota, and who serves it. A row for each tier of a price.</summary>
internal static class ModelListVerb
{
    private static readonly string[] meters = ["input", "cached_input", "output"];

    /// <summary>The rules of a price beside its tiers; <c>model show</c> has them whole.</summary>
    private static readonly string[] rules =
    [
        "reasoning",
        "packages",
        "images",
        "minimum",
        "volume",
        "serviceClasses",
        "hours",
        "regions",
        "customerGroups",
        "money",
        "units",
        "currencies",
    ];

    private static readonly string[] columns =
    [
        "model",
        "context",
        "up to",
        "price",
        "weights",
        "served by",
        "also priced by",
        "class",
        "quality",
        "J/token",
        "policy",
    ];

    public static Command Command()
    {
        var command = new Command(
            "list",
            "All models: price for a million tokens (input / cached / output), weights of one token in each quota unit, deployments, class, quality (0 to 100), joules of an output token (~: estimated), and routing policy."
        );
        command.SetAction(
            async (parsed, cancellation) =>
            {
                await using var management = await ManagementAccess.OpenAsync(cancellation);
                var models = await management.GetAsync("models", cancellation);
                if (parsed.GetValue(ApiVerbs.Json))
                    Output.Show(models, asJson: true);
                else
                    Output.Table(columns, Rows(models));
                return 0;
            }
        );
        return command;
    }

    /// <summary>One row for a tier; what does not change between the tiers of a model stands in the first.</summary>
    internal static IEnumerable<string[]> Rows(JsonElement models)
    {
        foreach (var model in models.GetProperty("items").EnumerateArray())
        {
            var (id, context, vendors) = (Text(model, "id"), Text(model, "contextTokens"), Vendors(model));
            var routing = Routing(model);
            if (!model.TryGetProperty("charged", out var charged))
            {
                yield return [id, context, "", "not for sale", "", vendors, "", .. routing];
                continue;
            }
            var also = string.Join(", ", rules.Where(rule => charged.TryGetProperty(rule, out _)));
            foreach (var tier in charged.GetProperty("tiers").EnumerateArray())
            {
                yield return
                [
                    id,
                    context,
                    UpTo(tier),
                    $"{Figures(tier.GetProperty("price"))} {Text(charged, "currency")}",
                    Weights(tier),
                    vendors,
                    also,
                    .. routing,
                ];
                (id, context, vendors, also, routing) = ("", "", "", "", ["", "", "", ""]);
            }
        }
    }

    /// <summary>What routing and substitution go by.</summary>
    private static string[] Routing(JsonElement model) =>
        [
            Text(model, "class"),
            model.TryGetProperty("quality", out var quality) ? Text(quality, "score") : "unknown",
            model.TryGetProperty("energy", out var energy)
                ? $"{(energy.GetProperty("measured").GetBoolean() ? "" : "~")}{Text(energy, "joulesPerOutputToken")}"
                : "unknown",
            model.TryGetProperty("withdrawnAt", out _) ? "withdrawn" : Text(model.GetProperty("routing"), "policy"),
        ];

    private static string UpTo(JsonElement tier) =>
        Text(tier, "upToOutput") is { Length: > 0 } output ? $"{Text(tier, "upToInput")} in, {output} out" : Text(tier, "upToInput");

    private static string Weights(JsonElement tier) =>
        tier.TryGetProperty("weights", out var units)
            ? string.Join("; ", units.EnumerateObject().Select(unit => $"{Weight(unit.Value)} {unit.Name}"))
            : "";

    /// <summary>A unit that counts calls has no weight of tokens.</summary>
    private static string Weight(JsonElement byMeter) =>
        meters.All(meter => Text(byMeter, meter) is "0" or "") ? $"{Text(byMeter, "request")} a call," : Figures(byMeter);

    private static string Figures(JsonElement byMeter) => string.Join(" / ", meters.Select(meter => Text(byMeter, meter)));

    private static string Vendors(JsonElement model) =>
        string.Join(", ", model.GetProperty("deployments").EnumerateArray().Select(deployment => Text(deployment, "vendor")));
}
