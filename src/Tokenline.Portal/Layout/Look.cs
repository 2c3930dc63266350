using Microsoft.AspNetCore.Http;
using Tokenline.Portal.Texts;

namespace Tokenline.Portal.Layout;

internal enum Theme
{
    OfTheBrowser,
    Light,
    Dark,
}

/// <summary>How pages look to whoever asks for one.</summary>
internal sealed record Look(Language Language, Theme Theme)
{
    public string? ThemeName =>
        Theme switch
        {
            Theme.Light => "light",
            Theme.Dark => "dark",
            _ => null,
        };
}

/// <summary>The look is kept by the browser, in two cookies that say nothing about anybody.</summary>
internal static class Looks
{
    public const string LanguageCookie = "tokenline-language";
    public const string ThemeCookie = "tokenline-theme";

    private static readonly CookieOptions kept = new()
    {
        Path = "/",
        MaxAge = TimeSpan.FromDays(365),
        SameSite = SameSiteMode.Lax,
        HttpOnly = true,
        IsEssential = true,
    };

    public static Look Of(HttpContext context) => new(Languages.Of(context.Request), ThemeOf(context.Request.Cookies[ThemeCookie]));

    /// <summary>What is not known changes nothing.</summary>
    public static void Keep(HttpContext context, string? language, string? theme)
    {
        if (Languages.Parse(language) is { } known)
            context.Response.Cookies.Append(LanguageCookie, known.Tag(), kept);
        if (theme is "light" or "dark" or "auto")
            context.Response.Cookies.Append(ThemeCookie, theme, kept);
    }

    private static Theme ThemeOf(string? name) =>
        name switch
        {
            "light" => Theme.Light,
            "dark" => Theme.Dark,
            _ => Theme.OfTheBrowser,
        };
}
