using Microsoft.AspNetCore.Http;

namespace Tokenline.Portal.Texts;

/// <summary>The languages that the portal speaks.</summary>
internal enum Language
{
    English,
    Chinese,
}

internal static class Languages
{
    private const int ConsideredMax = 16; // an Accept-Language header may be as long as a header may be

    /// <summary>The one asked for by <c>?lang=</c>, else the one that was chosen before, else the browser's first that we speak, else English.</summary>
    public static Language Of(HttpRequest request) =>
        Parse(request.Query["lang"])
        ?? Parse(request.Cookies[Layout.Looks.LanguageCookie])
        ?? request
            .GetTypedHeaders()
            .AcceptLanguage.Take(ConsideredMax)
            .Where(accepted => accepted.Quality is not 0)
            .OrderByDescending(accepted => accepted.Quality ?? 1)
            .Select(accepted => Parse(accepted.Value.Value))
            .FirstOrDefault(language => language is not null)
        ?? Language.English;

    /// <summary>The value of HTML's <c>lang</c> (BCP 47).</summary>
    public static string Tag(this Language language) => language == Language.Chinese ? "zh-Hans" : "en";

    public static Language? Parse(string? tag)
    {
        var primary = tag.AsSpan();
        if (primary.IndexOf('-') is >= 0 and var end)
            primary = primary[..end];
        return primary switch
        {
            _ when primary.Equals("zh", StringComparison.OrdinalIgnoreCase) => Language.Chinese,
            _ when primary.Equals("en", StringComparison.OrdinalIgnoreCase) => Language.English,
            _ => null,
        };
    }
}
