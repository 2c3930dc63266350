using System.Globalization;

namespace Tokenline.Gateway.Pipeline;

/// <summary>Numbers as they stand in headers.</summary>
internal static class Numbers
{
    public static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);

    public static string Seconds(TimeSpan span) => string.Create(CultureInfo.InvariantCulture, $"{Math.Max(0, (long)span.TotalSeconds)}s");
}
