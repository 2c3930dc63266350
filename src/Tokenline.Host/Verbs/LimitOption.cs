using System.CommandLine;
using Tokenline.Commerce.Entitlement;
using Tokenline.Management.Entitlement;

namespace Tokenline.Host.Verbs;

/// <summary><c>--limit "rpm=60 requests/60s"</c>, as often as there are limits.</summary>
internal static class LimitOption
{
    public static Option<string[]> New(string description, string name = "--limit") =>
        new(name) { Description = $"{description}; repeat for more. {LimitText.Form}" };

    /// <summary>Null when none was given.</summary>
    public static LimitBody[]? Read(ParseResult parsed, Option<string[]> option) =>
        parsed.GetValue(option) is { Length: > 0 } texts ? [.. texts.Select(Read)] : null;

    private static LimitBody Read(string text)
    {
        var limit = LimitText.Parse(text);
        return limit.Refused is { } refused ? throw new SettingException(refused.Message) : LimitBody.Of(limit.Required());
    }
}
