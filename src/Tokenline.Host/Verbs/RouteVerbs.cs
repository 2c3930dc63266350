using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using static Tokenline.Host.Verbs.ReceiptVerb;

namespace Tokenline.Host.Verbs;

/// <summary><c>tokenline route explain</c> and <c>tokenline deployment list</c>: where a call would go and why, and what was measured.</summary>
internal static class RouteVerbs
{
    public static IEnumerable<Command> Commands() =>
        [
            ApiVerbs.Group("route", "Where calls go, and why.", Explain()),
            SubstitutionVerbs.Command(),
            ApiVerbs.Group("deployment", "Deployments: health, speed, price, quality and energy.", List()),
        ];

    private static Command Explain()
    {
        var model = ApiVerbs.Required("--model", "The Model ID, or a virtual one such as auto:cost.");
        var protocol = ApiVerbs.Optional("--protocol", "What the client speaks: chat (unless told), responses, messages or gemini.");
        var stream = new Option<bool>("--stream") { Description = "The call is streamed." };
        var input = new Option<long>("--input") { Description = "Input tokens; 1000 unless told.", DefaultValueFactory = _ => 1000 };
        var output = new Option<long>("--output") { Description = "Output tokens; 500 unless told.", DefaultValueFactory = _ => 500 };
        var command = new Command(
            "explain",
            "Show where a call of this model would go at this moment, and why not elsewhere. Nothing is sent."
        )
        {
            model,
            protocol,
            stream,
            input,
            output,
        };
        command.SetAction(
            async (parsed, cancellation) =>
            {
                var query = string.Create(
                    CultureInfo.InvariantCulture,
                    $"routes?model={Uri.EscapeDataString(parsed.GetValue(model)!)}&protocol={Uri.EscapeDataString(parsed.GetValue(protocol) ?? "chat")}&stream={(parsed.GetValue(stream) ? "true" : "false")}&input={parsed.GetValue(input)}&output={parsed.GetValue(output)}"
                );
                await using var management = await ManagementAccess.OpenAsync(cancellation);
                var route = await management.GetAsync(query, cancellation);
                if (parsed.GetValue(ApiVerbs.Json))
                    Output.Show(route, asJson: true);
                else
                    Tell(route);
                return 0;
            }
        );
        return command;
    }

    private static Command List()
    {
        var model = ApiVerbs.Optional("--model", "Of this model only.");
        var command = new Command("list", "Deployments with their figures of the last five minutes, as the server has seen them.")
        {
            model,
        };
        command.SetAction(
            async (parsed, cancellation) =>
            {
                await using var management = await ManagementAccess.OpenAsync(cancellation);
                var query = parsed.GetValue(model) is { } id ? $"deployments?model={Uri.EscapeDataString(id)}" : "deployments";
                var figures = await management.GetAsync(query, cancellation);
                if (parsed.GetValue(ApiVerbs.Json))
                    Output.Show(figures, asJson: true);
                else
                    Output.Table(
                        [
                            "deployment",
                            "health",
                            "running",
                            "tried",
                            "available",
                            "first token ms",
                            "tokens/s",
                            "price in/out",
                            "J/token",
                            "quality",
                        ],
                        figures.GetProperty("items").EnumerateArray().Select(Row)
                    );
                return 0;
            }
        );
        return command;
    }

    private static void Tell(JsonElement route)
    {
        Terminal.Current.Out.WriteLine($"{Text(route, "model")}: {Text(route, "policy")} ({Text(route, "unit")})");
        if (Text(route, "whyNone") is { Length: > 0 } none)
            Terminal.Current.Out.WriteLine($"No deployment can serve now: {none}");
        foreach (var rule in route.GetProperty("standIns").EnumerateArray())
            Terminal.Current.Out.WriteLine($"Stand-in {rule.GetString()}");
        if (route.GetProperty("models").GetArrayLength() > 0)
            Output.Table(
                ["model", "can serve", "score", "price of the call", "quality", "J/token"],
                route
                    .GetProperty("models")
                    .EnumerateArray()
                    .Select(model =>
                        new[]
                        {
                            Text(model, "model"),
                            model.GetProperty("canServe").GetBoolean() ? "yes" : "no",
                            Number(model, "score"),
                            Number(model, "price"),
                            Number(model, "quality"),
                            Number(model, "joulesPerOutputToken"),
                        }
                    )
            );
        else
            Output.Table(
                ["deployment", "share", "score", "why not", "cost", "expected ms", "quality", "J/token", "running"],
                route
                    .GetProperty("deployments")
                    .EnumerateArray()
                    .Select(seat =>
                        new[]
                        {
                            Text(seat, "deployment"),
                            $"{Number(seat, "share")}%",
                            Number(seat, "score"),
                            Text(seat, "whyNot"),
                            Number(seat, "cost"),
                            Number(seat, "expectedMilliseconds"),
                            Number(seat, "quality"),
                            Number(seat, "joulesPerOutputToken"),
                            Text(seat, "running"),
                        }
                    )
            );
    }

    private static string[] Row(JsonElement figures)
    {
        var recent = figures.GetProperty("fiveMinutes");
        var price = figures.TryGetProperty("price", out var owed)
            ? $"{Text(owed, "inputPerMillion")} / {Text(owed, "outputPerMillion")} {Text(owed, "currency")}"
            : "no contract";
        var energy = figures.TryGetProperty("energy", out var joules)
            ? $"{Number(joules, "joulesPerOutputToken")} {(joules.GetProperty("isMeasured").GetBoolean() ? "measured" : "estimated")}"
            : "unknown";
        var why = Text(figures, "why");
        return
        [
            Text(figures, "deployment"),
            why.Length > 0 ? $"{Text(figures, "health")}: {why}" : Text(figures, "health"),
            Text(figures, "running"),
            Text(recent, "tried"),
            Number(recent, "availability"),
            Number(recent, "firstTokenMilliseconds"),
            Number(recent, "tokensPerSecond"),
            price,
            energy,
            figures.TryGetProperty("quality", out var quality) ? Number(quality, "score") : "unknown",
        ];
    }

    /// <summary>With as many digits as are of use; nothing where it is not known.</summary>
    private static string Number(JsonElement of, string name) =>
        !of.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null ? ""
        : double.TryParse(value.ToString(), CultureInfo.InvariantCulture, out var number)
            ? number.ToString("0.######", CultureInfo.InvariantCulture)
        : value.ToString();
}
