using Tokenline.Charging.Records;

namespace Tokenline.Charging.Journal;

/// <summary>
/// What a usual call leaves (its dispatch, its settle, its record) as JSON, without a serializer, which would be a twentieth of all that the call costs.
/// These are the bytes that <see cref="ChargingJson"/> writes, or none: what a usual call has not is left to it.
/// </summary>
public static class CallJson
{
    /// <summary>Writes the entry into the span and returns its length; 0: it is not one of these, or does not fit.</summary>
    public static int Write(JournalEntry entry, Span<byte> into) =>
        entry switch
        {
            Dispatched { Other: null, Traits: null, Counted: null, IdempotencyKey: null } dispatched => Write(
                dispatched,
                new EntryPen(into)
            ),
            Settled { Counted: null, Volume: null } settled => Write(settled, new EntryPen(into)),
            _ => 0,
        };

    /// <inheritdoc cref="Write(JournalEntry, Span{byte})"/>
    public static int Write(UsageRecord record, Span<byte> into) =>
        record is { Traits: null, Attempts: null, Wholesale: null or { Service: null } } ? Write(record, new EntryPen(into)) : 0;

    private static int Write(Dispatched entry, EntryPen pen)
    {
        pen.Raw("{\"charge\":\""u8);
        pen.Id(entry.Charge);
        pen.Raw("\",\"key\":\""u8);
        pen.Id(entry.Key);
        pen.Raw("\",\"model\":\""u8);
        pen.Text(entry.Model);
        pen.Raw("\",\"tariffVersion\":"u8);
        pen.Number(entry.TariffVersion);
        pen.Raw(",\"vendor\":\""u8);
        pen.Text(entry.Vendor);
        pen.Raw("\",\"deployment\":\""u8);
        pen.Text(entry.Deployment);
        pen.Raw(entry.Stream ? "\",\"stream\":true,\"inputBound\":"u8 : "\",\"stream\":false,\"inputBound\":"u8);
        pen.Number(entry.InputBound);
        pen.Raw(",\"inputEstimate\":"u8);
        pen.Number(entry.InputEstimate);
        pen.Raw(",\"outputHeld\":"u8);
        pen.Number(entry.OutputHeld);
        pen.Raw(",\"held\":["u8);
        var isFirst = true;
        foreach (var part in entry.Held)
        {
            pen.Raw(isFirst ? "{\"bucket\":\""u8 : ",{\"bucket\":\""u8);
            pen.Id(part.Bucket);
            pen.Raw("\",\"amount\":"u8);
            pen.Number(part.Amount);
            pen.Raw("}"u8);
            isFirst = false;
        }
        pen.Raw("],\"node\":"u8);
        pen.Number(entry.Node);
        if (entry.Allotment is { } allotment)
        {
            pen.Raw(",\"allotment\":\""u8);
            pen.Id(allotment);
            pen.Raw("\""u8);
        }
        pen.Member(",\"run\":\""u8, entry.Run);
        pen.Raw(",\"at\":\""u8);
        pen.Time(entry.At);
        pen.Raw("\"}"u8);
        return pen.Length;
    }

    private static int Write(Settled entry, EntryPen pen)
    {
        pen.Raw("{\"charge\":\""u8);
        pen.Id(entry.Charge);
        pen.Raw("\",\"parts\":["u8);
        var isFirst = true;
        foreach (var part in entry.Parts)
        {
            pen.Raw(isFirst ? "{\"bucket\":\""u8 : ",{\"bucket\":\""u8);
            pen.Id(part.Bucket);
            pen.Raw("\",\"held\":"u8);
            pen.Number(part.Held);
            pen.Raw(",\"used\":"u8);
            pen.Number(part.Used);
            pen.Raw("}"u8);
            isFirst = false;
        }
        pen.Raw("],\"retailNano\":"u8);
        pen.Number(entry.RetailNano);
        pen.Raw(",\"uncollectedNano\":"u8);
        pen.Number(entry.UncollectedNano);
        pen.Raw(",\"basis\":\""u8);
        pen.Name(entry.Basis);
        pen.Raw("\",\"at\":\""u8);
        pen.Time(entry.At);
        pen.Raw("\"}"u8);
        return pen.Length;
    }

    private static int Write(UsageRecord record, EntryPen pen)
    {
        pen.Raw("{\"charge\":\""u8);
        pen.Id(record.Charge);
        pen.Raw("\",\"account\":\""u8);
        pen.Id(record.Account);
        pen.Raw("\",\"key\":\""u8);
        pen.Id(record.Key);
        pen.Raw("\",\"model\":\""u8);
        pen.Text(record.Model);
        pen.Raw("\""u8);
        pen.Member(",\"answeredModel\":\""u8, record.AnsweredModel);
        pen.Raw(",\"vendor\":\""u8);
        pen.Text(record.Vendor);
        pen.Raw("\",\"deployment\":\""u8);
        pen.Text(record.Deployment);
        pen.Raw("\",\"tariffVersion\":"u8);
        pen.Number(record.TariffVersion);
        pen.Raw(",\"startedAt\":\""u8);
        pen.Time(record.StartedAt);
        pen.Raw("\",\"endedAt\":\""u8);
        pen.Time(record.EndedAt);
        pen.Raw(record.Stream ? "\",\"stream\":true,\"usage\":{"u8 : "\",\"stream\":false,\"usage\":{"u8);
        WriteMeters(record, ref pen);
        pen.Raw("},\"basis\":\""u8);
        pen.Name(record.Basis);
        pen.Raw("\",\"ending\":\""u8);
        pen.Name(record.Ending);
        pen.Raw("\""u8);
        pen.Member(",\"check\":\""u8, record.Check);
        pen.Raw(",\"payments\":["u8);
        var isFirst = true;
        foreach (var payment in record.Payments)
        {
            if (payment.Meters is not null)
                return 0;
            pen.Raw(isFirst ? "{\"bucket\":\""u8 : ",{\"bucket\":\""u8);
            pen.Id(payment.Bucket);
            pen.Raw("\",\"name\":\""u8);
            pen.Text(payment.Name);
            pen.Raw("\",\"unit\":\""u8);
            pen.Text(payment.Unit);
            pen.Raw(payment.IsMoney ? "\",\"isMoney\":true,\"amount\":"u8 : "\",\"isMoney\":false,\"amount\":"u8);
            pen.Number(payment.Amount);
            pen.Raw(",\"worthNano\":"u8);
            pen.Number(payment.WorthNano);
            pen.Raw("}"u8);
            isFirst = false;
        }
        pen.Raw("],\"retailNano\":"u8);
        pen.Number(record.RetailNano);
        pen.Raw(",\"uncollectedNano\":"u8);
        pen.Number(record.UncollectedNano);
        pen.Raw(",\"currency\":\""u8);
        pen.Text(record.Currency.Code);
        pen.Raw("\",\"freeNano\":"u8);
        pen.Number(record.FreeNano);
        pen.Raw(",\"volumeBefore\":"u8);
        pen.Number(record.VolumeBefore);
        if (record.Allotment is { } allotment)
        {
            pen.Raw(",\"allotment\":\""u8);
            pen.Id(allotment);
            pen.Raw("\""u8);
        }
        pen.Member(",\"run\":\""u8, record.Run);
        if (record.Wholesale is { } wholesale)
        {
            pen.Raw(",\"wholesale\":{\"contractVersion\":"u8);
            pen.Number(wholesale.ContractVersion);
            pen.Raw(",\"currency\":\""u8);
            pen.Text(wholesale.Currency.Code);
            pen.Raw("\",\"nano\":"u8);
            pen.Number(wholesale.Nano);
            pen.Raw("}"u8);
        }
        pen.Member(",\"vendorUsage\":\""u8, record.VendorUsage);
        pen.Raw("}"u8);
        return pen.Length;
    }

    private static void WriteMeters(UsageRecord record, ref EntryPen pen)
    {
        var usage = record.Usage;
        var isFirst = true;
        for (var meter = 0; meter < Usage.MeterCount; meter++)
        {
            if (usage[(Meter)meter] is not (var count and not 0))
                continue;
            pen.Raw(isFirst ? "\""u8 : ",\""u8);
            pen.Text(MeterNames.Of((Meter)meter));
            pen.Raw("\":"u8);
            pen.Number(count);
            isFirst = false;
        }
    }
}
