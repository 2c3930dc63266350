using Microsoft.AspNetCore.Http;

namespace Tokenline.Portal.Access;

/// <summary>Where somebody wanted to go who had to sign in first: a path of this site, whatever the address bar says.</summary>
internal static class ReturnAddress
{
    public const string Home = "/home";
    private const int LengthMax = 1024;

    public static string Of(string? asked) =>
        asked is { Length: > 1 and <= LengthMax }
        && asked[0] == '/'
        && asked[1] is not '/' and not '\\'
        && !asked.Any(char.IsControl)
        && !asked.StartsWith("/sign-", StringComparison.Ordinal)
            ? asked
            : Home;

    /// <summary>The sign-in page, which leads back to what was asked for.</summary>
    public static string SignIn(HttpRequest request)
    {
        var asked = $"{request.Path}{request.QueryString}";
        return asked.Length <= LengthMax ? $"/sign-in?return={Uri.EscapeDataString(asked)}" : "/sign-in";
    }
}
