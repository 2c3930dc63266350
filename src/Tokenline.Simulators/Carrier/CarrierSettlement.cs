using System.Globalization;
using System.Text;

namespace Tokenline.Simulators.Carrier;

/// <summary>
/// What moved on one day, as a file: payments and refunds that succeeded, a line each, and how many lines there are at the end, so that a file that was cut shows.
/// </summary>
internal static class CarrierSettlement
{
    public const string Header = "record,id,payment_id,client_correlator,reference_code,phone_number,amount,currency,booked_at";

    /// <param name="day">In China.</param>
    public static string Of(DateOnly day, IEnumerable<CarrierEntry> booked, CarrierFaults faults)
    {
        var text = new StringBuilder(Header).Append('\n');
        var lines = 0;
        foreach (var entry in booked)
        {
            var movedAt = (entry.PaidAt ?? entry.BookedAt).ToOffset(CarrierBook.Zone);
            if (entry.Status != CarrierStatus.Succeeded || DateOnly.FromDateTime(movedAt.DateTime) != day)
                continue;
            var fault = entry.IsRefund ? CarrierFault.None : faults.Of(entry.PhoneNumber);
            var times =
                fault == CarrierFault.LeftOutOfSettlement ? 0
                : fault == CarrierFault.SettledTwice ? 2
                : 1;
            for (; times > 0; times--, lines++)
                Append(text, entry, entry.Amount.ToDecimal() + (fault == CarrierFault.SettledWrong ? 1 : 0), movedAt);
        }
        return text.Append(CultureInfo.InvariantCulture, $"end,{lines},,,,,,,\n").ToString();
    }

    private static void Append(StringBuilder text, CarrierEntry entry, decimal amount, DateTimeOffset movedAt) =>
        text.AppendJoin(
                ',',
                entry.IsRefund ? "refund" : "payment",
                entry.Id,
                entry.PaymentId,
                Field(entry.ClientCorrelator),
                Field(entry.ReferenceCode),
                entry.PhoneNumber,
                amount.ToString("0.000", CultureInfo.InvariantCulture),
                entry.Currency,
                movedAt.ToString("yyyy-MM-ddTHH:mm:ss.fffzzz", CultureInfo.InvariantCulture)
            )
            .Append('\n');

    /// <summary>RFC 4180. A line is one line: what would break it is a space.</summary>
    private static string Field(string? value)
    {
        if (value is null || !value.AsSpan().ContainsAny(",\"\r\n"))
            return value ?? "";
        var oneLine = value.Replace('\r', ' ').Replace('\n', ' ').Replace("\"", "\"\"", StringComparison.Ordinal);
        return $"\"{oneLine}\"";
    }
}
