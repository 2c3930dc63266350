using System.CommandLine;
using System.Globalization;
using static Tokenline.Host.Verbs.ApiVerbs;

namespace Tokenline.Host.Verbs;

/// <summary><c>tokenline substitution</c>: which model stands in for which, when, and for whom.</summary>
internal static class SubstitutionVerbs
{
    public static Command Command()
    {
        var customer = Optional("--customer", "Of this customer; everybody's, unless told.");
        var id = Id("id", "The rule's id.");
        return Group(
            "substitution",
            "Models that stand in for others: when these cost too much, are down or are withdrawn.",
            List(
                "list",
                "Everybody's rules, or a customer's.",
                p => PathOf(p, customer),
                ["id", "model", "use", "inputPriceAbove", "outputPriceAbove", "whenDown", "whenWithdrawn", "qualityMin"],
                customer
            ),
            Add(customer),
            Call(
                "remove",
                "Remove a rule.",
                HttpMethod.Delete,
                p => $"{PathOf(p, customer)}/{Escape(p.GetValue(id))}",
                _ => null,
                id,
                customer
            )
        );
    }

    private static Command Add(Option<string?> customer)
    {
        var model = Required("--model", "The model that is asked for.");
        var use = Optional("--use", "The model that stands in; the cheapest of the same class, unless told.");
        var input = Optional("--input-above", "While a million tokens of fresh input cost more than this.");
        var output = Optional("--output-above", "While a million tokens of output cost more than this.");
        var down = new Option<bool>("--when-down") { Description = "While no deployment of the model can serve." };
        var withdrawn = new Option<bool>("--when-withdrawn") { Description = "When the model is not for sale any more." };
        var quality = Optional("--min-quality", "0 to 100: a model of less, or of unknown, quality never stands in.");
        return Call(
            "add",
            "Let a model stand in for another. The answer names the one that served, and the bill is that one's.",
            HttpMethod.Post,
            p => PathOf(p, customer),
            p => new
            {
                model = p.GetValue(model),
                use = p.GetValue(use),
                inputPriceAbove = Number(p.GetValue(input), "--input-above"),
                outputPriceAbove = Number(p.GetValue(output), "--output-above"),
                whenDown = p.GetValue(down),
                whenWithdrawn = p.GetValue(withdrawn),
                qualityMin = Number(p.GetValue(quality), "--min-quality"),
            },
            model,
            use,
            input,
            output,
            down,
            withdrawn,
            quality,
            customer
        );
    }

    private static string PathOf(ParseResult parsed, Option<string?> customer) =>
        parsed.GetValue(customer) is { } id ? $"customers/{Escape(id)}/substitutions" : "substitutions";

    private static string? Number(string? text, string option) =>
        text is null ? null
        : decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out _) ? text
        : throw new SettingException($"{option} is a number such as 2.5, not '{text}'.");
}
