using NodaTime;
using Tokenline.Commerce;

namespace Tokenline.Portal.Texts;

/// <summary>The operator's calendar: the one that days, months and caps are counted by.</summary>
internal sealed class OperatorClock(CommerceOptions options, TimeProvider time)
{
    private readonly DateTimeZone zone = DateTimeZoneProviders.Tzdb[options.TimeZone];

    public DateTimeOffset Now => time.GetUtcNow();

    public string ZoneName => zone.Id;

    public DateOnly Today => DateOnly.FromDateTime(Local(Now));

    public DateTime Local(DateTimeOffset instant) => Instant.FromDateTimeOffset(instant).InZone(zone).ToDateTimeUnspecified();

    public DateOnly DayOf(DateTimeOffset instant) => DateOnly.FromDateTime(Local(instant));

    public DateTimeOffset StartOf(DateOnly day) => zone.AtStartOfDay(LocalDate.FromDateOnly(day)).ToInstant().ToDateTimeOffset();
}
