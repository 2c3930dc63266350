using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using NodaTime;

namespace Tokenline.Billing;

/// <summary>A month of the operator's calendar, written <c>2026-11</c>.</summary>
[JsonConverter(typeof(BillingPeriodJson))]
public readonly record struct BillingPeriod(int Number) : IComparable<BillingPeriod>
{
    private const int Months = 12;

    public static BillingPeriod Of(int year, int month) => new((year * Months) + month - 1);

    public int Year => Number / Months;
    public int Month => (Number % Months) + 1;
    public BillingPeriod Next => new(Number + 1);
    public BillingPeriod Previous => new(Number - 1);
    public DateOnly FirstDay => new(Year, Month, 1);

    public static bool TryParse(string? text, out BillingPeriod period)
    {
        period = default;
        if (!DateOnly.TryParseExact(text + "-01", "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var first))
            return false;
        period = Of(first.Year, first.Month);
        return true;
    }

    public int CompareTo(BillingPeriod other) => Number.CompareTo(other.Number);

    public static bool operator <(BillingPeriod a, BillingPeriod b) => a.Number < b.Number;

    public static bool operator >(BillingPeriod a, BillingPeriod b) => a.Number > b.Number;

    public static bool operator <=(BillingPeriod a, BillingPeriod b) => a.Number <= b.Number;

    public static bool operator >=(BillingPeriod a, BillingPeriod b) => a.Number >= b.Number;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Year:0000}-{Month:00}");
}

internal sealed class BillingPeriodJson : JsonConverter<BillingPeriod>
{
    public override BillingPeriod Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        BillingPeriod.TryParse(reader.GetString(), out var period)
            ? period
            : throw new JsonException("a period such as 2026-11 is expected");

    public override void Write(Utf8JsonWriter writer, BillingPeriod value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ToString());
}

/// <summary>Periods and days in the operator's time zone.</summary>
public sealed class BillingCalendar(string timeZone)
{
    private readonly DateTimeZone zone = DateTimeZoneProviders.Tzdb[timeZone];

    public DateTimeOffset From(BillingPeriod period) => Midnight(period.FirstDay);

    /// <summary>The instant that is not in it any more.</summary>
    public DateTimeOffset To(BillingPeriod period) => From(period.Next);

    public BillingPeriod PeriodOf(DateTimeOffset at)
    {
        var date = Instant.FromDateTimeOffset(at).InZone(zone).Date;
        return BillingPeriod.Of(date.Year, date.Month);
    }

    public DateOnly DayOf(DateTimeOffset at) => Instant.FromDateTimeOffset(at).InZone(zone).Date.ToDateOnly();

    public DateTimeOffset Midnight(DateOnly day) => zone.AtStartOfDay(LocalDate.FromDateOnly(day)).ToInstant().ToDateTimeOffset();
}
