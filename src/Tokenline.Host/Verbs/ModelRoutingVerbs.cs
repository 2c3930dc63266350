using System.CommandLine;
using System.Globalization;
using static Tokenline.Host.Verbs.ApiVerbs;

namespace Tokenline.Host.Verbs;

/// <summary>The verbs of <c>tokenline model</c> that say how its calls find a deployment, and whether it is for sale.</summary>
internal static class ModelRoutingVerbs
{
    public static IEnumerable<Command> Commands() =>
        [
            OfDeployment("drain", "Give this deployment no new calls; those that run go on to their end."),
            OfDeployment("resume", "Give this deployment calls again."),
            Routing(),
            OfModel("withdraw", "Take a model off sale at once; a substitution may serve its calls."),
            OfModel("restore", "Put a withdrawn model up for sale again."),
        ];

    private static Command OfDeployment(string name, string description)
    {
        var (model, vendor) = (Model(), Id("vendor", "The vendor's id."));
        return Call(
            name,
            description,
            HttpMethod.Post,
            p => $"models/{Escape(p.GetValue(model))}/deployments/{Escape(p.GetValue(vendor))}/{name}",
            _ => null,
            model,
            vendor
        );
    }

    private static Command OfModel(string name, string description)
    {
        var model = Model();
        return Call(name, description, HttpMethod.Post, p => $"models/{Escape(p.GetValue(model))}/{name}", _ => null, model);
    }

    private static Command Routing()
    {
        var model = Model();
        var policy = Required(
            "--policy",
            "priority, least-cost, lowest-latency, quality-first, balanced, lowest-energy, least-busy or sticky."
        );
        var then = Optional("--then", "What sticky chooses by when a conversation is new; priority unless told.");
        var warm = new Option<int?>("--warm-seconds")
        {
            Description = "How long a conversation's prompt cache is taken to be warm; 300 unless told.",
        };
        var balance = Optional("--balance", "What balanced weighs, as price:latency:quality; 1:1:1 unless told.");
        var hedge = Optional(
            "--hedge",
            "Ask a second deployment when the first is slow to begin: after so many milliseconds, 'learned' from its own times, or 'off' (unless told)."
        );
        return Call(
            "routing",
            "Say how calls choose among a model's deployments. What is not said has its default.",
            HttpMethod.Put,
            p => $"models/{Escape(p.GetValue(model))}/routing",
            p => new
            {
                policy = p.GetValue(policy),
                then = p.GetValue(then),
                warmSeconds = p.GetValue(warm),
                balance = ReadBalance(p.GetValue(balance)),
                hedge = ReadHedge(p.GetValue(hedge)),
            },
            model,
            policy,
            then,
            warm,
            balance,
            hedge
        );
    }

    private static Argument<string> Model() => Id("model", "The Model ID.");

    internal static object? ReadBalance(string? text)
    {
        if (text is null)
            return null;
        var shares = text.Split(':').Select(share => WholeNumber(share)).ToList();
        return shares is [{ } price, { } latency, { } quality]
            ? new
            {
                price,
                latency,
                quality,
            }
            : throw new SettingException($"--balance is three whole numbers, price:latency:quality, such as 2:1:1. '{text}' is not.");
    }

    internal static object? ReadHedge(string? text) =>
        text switch
        {
            null or "off" => null,
            "learned" => new { },
            _ when WholeNumber(text) is { } afterMilliseconds => new { afterMilliseconds },
            _ => throw new SettingException($"--hedge is learned, off, or a number of milliseconds. '{text}' is none of these."),
        };

    private static int? WholeNumber(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
