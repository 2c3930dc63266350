using System.Globalization;

namespace Tokenline.Host.Verbs;

/// <summary>Instants as they are typed (without an offset they are UTC), and as they are shown.</summary>
internal static class Instants
{
    public static DateTimeOffset? Read(string? text, string option) =>
        text is null ? null
        : DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at
        : throw new SettingException($"{option} is an instant such as 2027-01-31T09:00:00+08:00; '{text}' is not.");

    /// <summary>An instant of an answer, to the millisecond: what a person reads.</summary>
    public static string Shown(string text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at)
            ? at.ToString("yyyy-MM-dd HH:mm:ss.fff zzz", CultureInfo.InvariantCulture)
            : text;
}
