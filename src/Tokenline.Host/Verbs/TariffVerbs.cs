using System.CommandLine;
using System.Text.Json;
using static Tokenline.Host.Verbs.ApiVerbs;

namespace Tokenline.Host.Verbs;

/// <summary>The verbs of prices: what is charged from when on, what is to come, and taking that back.</summary>
internal static class TariffVerbs
{
    private static readonly string[] columns = ["version", "state", "effectiveFrom", "effectiveUntil", "changes", "reason"];

    public static Command Command()
    {
        var version = Id("version", "The version's number.");
        var state = Optional("--state", "Only those: scheduled, started, ended or cancelled.");
        var file = Optional(
            "--file",
            "A price sheet as JSON (with --model), or an object of Model IDs and price sheets. Without it: every dollar price at the present rate."
        );
        var model = Optional("--model", "The model whose price sheet the file is.");
        var from = Optional("--from", "When it starts, such as 2027-01-31T09:00:00+08:00; at once, unless told.");
        var until = Optional("--until", "When it ends: a promotion, after which the former prices are in force again.");
        var reason = Optional("--reason", "Why, for those who read the list.");
        return Group(
            "tariff",
            "Tariff versions: what is charged from when on.",
            List(
                "list",
                "Versions, newest first.",
                p => p.GetValue(state) is { } wanted ? $"tariffs?state={Escape(wanted)}" : "tariffs",
                columns,
                state
            ),
            Get("show", "What its models are charged in a version.", p => $"tariffs/{Escape(p.GetValue(version))}", version),
            Call(
                "publish",
                "Make a version: at once, from a time on, or for a time. Calls that have started keep theirs.",
                HttpMethod.Post,
                _ => "tariffs",
                p => Body(p.GetValue(file), p.GetValue(model), p.GetValue(from), p.GetValue(until), p.GetValue(reason)),
                file,
                model,
                from,
                until,
                reason
            ),
            Call(
                "cancel",
                "Take back a version that has not started.",
                HttpMethod.Delete,
                p => $"tariffs/{Escape(p.GetValue(version))}",
                _ => null,
                version
            )
        );
    }

    /// <summary>Null: the dollar prices at the present rate.</summary>
    private static object? Body(string? file, string? model, string? from, string? until, string? reason)
    {
        if (file is null)
            return model is null && from is null && until is null && reason is null
                ? null
                : throw new SettingException("Which prices? --file is a price sheet, or an object of Model IDs and price sheets.");
        var sheets = JsonFile.Read(file);
        return new
        {
            models = model is null ? sheets : (object)new Dictionary<string, JsonElement> { [model] = sheets },
            effectiveFrom = Instants.Read(from, "--from"),
            effectiveUntil = Instants.Read(until, "--until"),
            reason,
        };
    }
}
