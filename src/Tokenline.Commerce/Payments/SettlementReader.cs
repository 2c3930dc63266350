using System.Globalization;
using System.Text;

namespace Tokenline.Commerce.Payments;

/// <summary>
/// Reads the carrier's file of one day line by line, in bounded memory. A file that is not what it should be is refused at the first line that shows it: whoever compares half a file sees money missing that is not.
/// The format is in this folder's README.
/// </summary>
public sealed class SettlementReader : IDisposable
{
    public const int LinesMax = 500_000;
    private const int LineLengthMax = 2048; // characters
    private const int TextLengthMax = 256;

    private static readonly string[] columns =
    [
        "record",
        "id",
        "payment_id",
        "client_correlator",
        "reference_code",
        "phone_number",
        "amount",
        "currency",
        "booked_at",
    ];

    private readonly StreamReader text;
    private readonly DateOnly day;
    private readonly char[] buffer = new char[8 * 1024];
    private readonly StringBuilder line = new();
    private int at,
        filled,
        lines,
        records;
    private bool hasEnded;

    /// <param name="file">UTF-8; left open.</param>
    /// <param name="day">Whose file it is meant to be. The day of a line is that of its own time, in its own zone.</param>
    public SettlementReader(Stream file, DateOnly day)
    {
        text = new StreamReader(file, new UTF8Encoding(false, throwOnInvalidBytes: true), false, buffer.Length, leaveOpen: true);
        this.day = day;
    }

    /// <summary>Why there is no next line, unless the file has been read whole.</summary>
    public SettlementFault? Fault { get; private set; }

    public void Dispose() => text.Dispose();

    /// <summary>The next line; null at the end and at a fault.</summary>
    public async Task<SettlementLine?> ReadAsync(CancellationToken cancellation)
    {
        if (hasEnded || Fault is not null)
            return null;
        if (lines == 0 && !Header(await NextAsync(cancellation)))
            return null;
        var next = await NextAsync(cancellation);
        if (Fault is not null)
            return null;
        if (next is null)
            return Wrong("the file ends without its 'end' line: it was cut, or is not ready");
        if (Fields(next) is not { } fields)
            return Wrong("a quote is out of place");
        if (fields.Count != columns.Length)
            return Wrong($"{columns.Length} columns are expected, and there are {fields.Count}");
        if (fields[0] == "end")
            return await EndAsync(fields[1], cancellation);
        if (++records > LinesMax)
            return Wrong($"a file has {LinesMax} lines at the most");
        return Line(fields);
    }

    private SettlementLine? Line(List<string> fields)
    {
        SettlementKind? kind = fields[0] switch
        {
            "payment" => SettlementKind.Payment,
            "refund" => SettlementKind.Refund,
            _ => null,
        };
        if (kind is not { } known)
            return Wrong($"'record' is payment, refund or end, not '{Shown(fields[0])}'");
        if (fields[1].Length is 0 or > TextLengthMax)
            return Wrong($"'id' has 1 to {TextLengthMax} characters");
        if (known == SettlementKind.Refund && fields[2].Length == 0)
            return Wrong("a refund has a 'payment_id'");
        if (fields[2].Length > TextLengthMax || fields[3].Length > TextLengthMax)
            return Wrong($"an id has {TextLengthMax} characters at the most");
        if (
            !decimal.TryParse(fields[6], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var amount)
            || amount is <= 0 or > 1_000_000_000m
            || amount * Money.NanoPerUnit != decimal.Truncate(amount * Money.NanoPerUnit)
        )
            return Wrong($"'amount' is a number above 0, such as 9.900, not '{Shown(fields[6])}'");
        if (fields[7].Length != 3 || !fields[7].All(char.IsAsciiLetterUpper))
            return Wrong($"'currency' is three letters, not '{Shown(fields[7])}'");
        if (
            !DateTimeOffset.TryParseExact(
                fields[8],
                ["yyyy-MM-ddTHH:mm:ss.fffzzz", "yyyy-MM-ddTHH:mm:sszzz"],
                CultureInfo.InvariantCulture,
                DateTimeStyles.None,
                out var bookedAt
            )
        )
            return Wrong($"'booked_at' is such as 2026-09-01T10:30:00+08:00, not '{Shown(fields[8])}'");
        if (DateOnly.FromDateTime(bookedAt.DateTime) != day)
            return Wrong($"it is of {bookedAt:yyyy-MM-dd}, and this is to be the file of {day:yyyy-MM-dd}");
        return new(
            lines,
            known,
            fields[1],
            fields[2].Length == 0 ? null : fields[2],
            fields[3].Length == 0 ? null : fields[3],
            Money.FromDecimal(amount, new Currency(fields[7])),
            bookedAt
        );
    }

    private bool Header(string? header)
    {
        if (Fault is null && (header is null || Fields(header.TrimStart('\uFEFF')) is not { } names || !names.SequenceEqual(columns)))
            Wrong($"the columns are {string.Join(',', columns)}");
        return Fault is null;
    }

    private async Task<SettlementLine?> EndAsync(string count, CancellationToken cancellation)
    {
        if (count != records.ToString(CultureInfo.InvariantCulture))
            return Wrong($"the file says that it has {Shown(count)} lines, and it has {records}");
        if (await NextAsync(cancellation) is not null && Fault is null)
            return Wrong("something follows the 'end' line");
        hasEnded = Fault is null;
        return null;
    }

    /// <summary>The next line without its end; null where nothing is left, or a fault.</summary>
    private async Task<string?> NextAsync(CancellationToken cancellation)
    {
        line.Clear();
        lines++;
        try
        {
            while (true)
            {
                if (at == filled)
                {
                    (at, filled) = (0, await text.ReadAsync(buffer, cancellation));
                    if (filled == 0)
                        return line.Length == 0 ? null : line.ToString();
                }
                var end = buffer.AsSpan(at, filled - at).IndexOf('\n');
                var length = end < 0 ? filled - at : end;
                if (line.Length + length > LineLengthMax)
                {
                    Wrong($"a line has {LineLengthMax} characters at the most");
                    return null;
                }
                line.Append(buffer, at, length);
                at += end < 0 ? length : length + 1;
                if (end < 0)
                    continue;
                if (line.Length > 0 && line[^1] == '\r')
                    line.Length--;
                return line.ToString();
            }
        }
        catch (DecoderFallbackException)
        {
            Wrong("this is not UTF-8");
            return null;
        }
    }

    /// <summary>RFC 4180, without line breaks inside of quotes; null where a quote is out of place.</summary>
    private static List<string>? Fields(string line)
    {
        var fields = new List<string>(columns.Length);
        var field = new StringBuilder();
        for (var i = 0; ; i++)
        {
            field.Clear();
            if (i < line.Length && line[i] == '"')
            {
                for (i++; ; i++)
                {
                    if (i >= line.Length)
                        return null;
                    if (line[i] != '"')
                        field.Append(line[i]);
                    else if (i + 1 < line.Length && line[i + 1] == '"')
                        field.Append(line[i++]);
                    else
                        break;
                }
                i++;
                if (i < line.Length && line[i] != ',')
                    return null;
            }
            else
            {
                for (; i < line.Length && line[i] != ','; i++)
                {
                    if (line[i] == '"')
                        return null;
                    field.Append(line[i]);
                }
            }
            fields.Add(field.ToString());
            if (i >= line.Length || fields.Count > columns.Length)
                return fields;
        }
    }

    private SettlementLine? Wrong(string message)
    {
        Fault ??= new SettlementFault(lines, message);
        return null;
    }

    private static string Shown(string text) => text.Length <= 40 ? text : text[..40] + "…";
}
