using System.Globalization;
using Tokenline.Portal.Texts;

namespace Tokenline.Portal.Operator.Catalogue;

/// <summary>Instants as a field for date and time writes them, on the operator's clock.</summary>
internal static class LocalTimes
{
    private static readonly string[] formats = ["yyyy-MM-dd'T'HH:mm", "yyyy-MM-dd'T'HH:mm:ss", "yyyy-MM-dd"];

    /// <summary>Null: it is none.</summary>
    public static DateTimeOffset? TryRead(string? text, OperatorClock clock) =>
        DateTime.TryParseExact(text, formats, CultureInfo.InvariantCulture, DateTimeStyles.None, out var local)
            ? clock.StartOf(DateOnly.FromDateTime(local)) + local.TimeOfDay
            : null;

    public static string? Show(DateTimeOffset? at, OperatorClock clock) =>
        at is { } instant ? clock.Local(instant).ToString("yyyy-MM-dd'T'HH:mm", CultureInfo.InvariantCulture) : null;

    /// <summary>The calendar month before this one.</summary>
    public static (DateTimeOffset From, DateTimeOffset To) LastMonth(OperatorClock clock)
    {
        var first = new DateOnly(clock.Today.Year, clock.Today.Month, 1);
        return (clock.StartOf(first.AddMonths(-1)), clock.StartOf(first));
    }
}
