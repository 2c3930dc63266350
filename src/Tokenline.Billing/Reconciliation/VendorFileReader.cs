using System.Globalization;
using System.Text;

namespace Tokenline.Billing.Reconciliation;

/// <summary>A line of a vendor's file: what it says that it served on a day, in a meter.</summary>
/// <param name="Line">Of the file, counted from 1.</param>
/// <param name="Model">By the vendor's name for it.</param>
/// <param name="Amount">What it asks for that; null: the file has no amounts.</param>
public sealed record VendorFileLine(int Line, DateOnly Day, string Model, string Meter, long Quantity, Money? Amount);

/// <param name="Line">Of the file.</param>
public sealed record VendorFileFault(int Line, string Reason)
{
    public override string ToString() => $"line {Line}: {Reason}";
}

/// <summary>
/// Reads a vendor's usage or invoice file line by line, in bounded memory: CSV in UTF-8 with the columns <c>day,model,meter,quantity</c>, in any order, and <c>amount,currency</c> where it
/// is an invoice. A file that is not what it should be is refused at the first line that shows it.
/// </summary>
public sealed class VendorFileReader : IDisposable
{
    /// <summary>One for each day, model and meter: more are not a file of sums.</summary>
    public const int LinesMax = 200_000;

    /// <summary>Of a whole file: as many lines as it may have, at several times the length that they have.</summary>
    public const long BytesMax = 64L << 20;

    /// <summary>Characters, without its end: one that does not end is not waited for.</summary>
    public const int LineLengthMax = 2_048;
    private const int NameLengthMax = 256;

    private static readonly string[] needed = ["day", "model", "meter", "quantity"];
    private static readonly string[] known = [.. needed, "amount", "currency"];

    private readonly StreamReader text;
    private readonly DateOnly from;
    private readonly DateOnly to;
    private readonly char[] buffer = new char[8 * 1024];
    private readonly StringBuilder line = new();
    private Dictionary<string, int>? columns;
    private int width;
    private int at;
    private int filled;
    private int lines;
    private int records;
    private long bytes;
    private bool hasEnded;
    private bool wasReturn;

    /// <param name="file">Left open.</param>
    /// <param name="from">The first day that it may be of.</param>
    /// <param name="to">The last.</param>
    public VendorFileReader(Stream file, DateOnly from, DateOnly to)
    {
        text = new StreamReader(file, new UTF8Encoding(false, throwOnInvalidBytes: true), false, buffer.Length, leaveOpen: true);
        (this.from, this.to) = (from, to);
    }

    /// <summary>Why there is no next line, unless the file was read whole.</summary>
    public VendorFileFault? Fault { get; private set; }

    public void Dispose() => text.Dispose();

    /// <summary>The next line; null at the end and at a fault.</summary>
    public async Task<VendorFileLine?> ReadAsync(CancellationToken cancellation)
    {
        if (Fault is not null)
            return null;
        if (columns is null && !Header(await NextAsync(cancellation)))
            return null;
        string? next;
        do
        {
            next = await NextAsync(cancellation);
        } while (next is { Length: 0 } && Fault is null);
        if (Fault is not null)
            return null;
        if (next is null)
            return records == 0 ? Wrong("the file has no line") : null;
        if (++records > LinesMax)
            return Wrong($"a file has {LinesMax} lines at the most: one for each day, model and meter");
        return Fields(next) is not { } fields ? Wrong("a quote is out of place")
            : fields.Count != width ? Wrong($"{width} columns are expected, and there are {fields.Count}")
            : Line(fields);
    }

    private VendorFileLine? Line(List<string> fields)
    {
        var day = fields[columns!["day"]];
        if (!DateOnly.TryParseExact(day, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var of))
            return Wrong($"'day' is such as 2026-11-01, not '{Shown(day)}'");
        if (of < from || of > to)
            return Wrong($"it is of {of:yyyy-MM-dd}, and this is to be a file of {from:yyyy-MM-dd} to {to:yyyy-MM-dd}");
        var model = fields[columns["model"]];
        if (model.Length is 0 or > NameLengthMax)
            return Wrong($"'model' has 1 to {NameLengthMax} characters");
        var meter = fields[columns["meter"]];
        if (meter != Facts.VendorUsageKey.Calls && !MeterNames.TryParse(meter, out _))
            return Wrong($"'meter' is one of ours, such as input, or calls, not '{Shown(meter)}'");
        if (!long.TryParse(fields[columns["quantity"]], NumberStyles.None, CultureInfo.InvariantCulture, out var quantity))
            return Wrong($"'quantity' is a whole number, not '{Shown(fields[columns["quantity"]])}'");
        if (!columns.TryGetValue("amount", out var ofAmount))
            return new(lines, of, model, meter, quantity, null);
        if (
            !decimal.TryParse(
                fields[ofAmount],
                NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign,
                CultureInfo.InvariantCulture,
                out var amount
            )
            || Math.Abs(amount) > 1_000_000_000m
            || amount != decimal.Round(amount, 9)
        )
            return Wrong($"'amount' is a number with at most nine decimals, not '{Shown(fields[ofAmount])}'");
        var currency = fields[columns["currency"]];
        return currency.Length != 3 || !currency.All(char.IsAsciiLetterUpper)
            ? Wrong($"'currency' is three letters, not '{Shown(currency)}'")
            : new(lines, of, model, meter, quantity, Money.FromDecimal(amount, new Currency(currency)));
    }

    private bool Header(string? header)
    {
        if (Fault is not null)
            return false;
        var names = header is null ? null : Fields(header.TrimStart('\uFEFF'));
        var wanted = $"the columns are {string.Join(',', needed)}, and amount,currency of an invoice";
        if (names is null || names.Distinct().Count() != names.Count || needed.Except(names).Any() || names.Except(known).Any())
            Wrong(wanted);
        else if (names.Contains("amount") != names.Contains("currency"))
            Wrong($"{wanted}: one without the other says nothing");
        else
        {
            columns = names.Select((name, i) => (name, i)).ToDictionary(column => column.name, column => column.i);
            width = names.Count;
        }
        return Fault is null;
    }

    /// <summary>A line without its end, which is a line feed, a carriage return, or both; null at the end of the file.</summary>
    private async Task<string?> NextAsync(CancellationToken cancellation)
    {
        if (hasEnded)
            return null;
        line.Clear();
        lines++;
        while (true)
        {
            if (at == filled)
            {
                try
                {
                    (at, filled) = (0, await text.ReadAsync(buffer, cancellation));
                }
                catch (DecoderFallbackException)
                {
                    Wrong("it is not UTF-8");
                    return null;
                }
                if (filled == 0)
                {
                    hasEnded = true;
                    return line.Length == 0 ? null : line.ToString();
                }
                bytes += Encoding.UTF8.GetByteCount(buffer.AsSpan(0, filled));
                if (bytes > BytesMax)
                {
                    Wrong($"a file has {BytesMax >> 20} MiB at the most");
                    return null;
                }
            }
            var c = buffer[at++];
            if (c == '\n' && wasReturn)
            {
                wasReturn = false;
                continue;
            }
            wasReturn = c == '\r';
            if (c is '\n' or '\r')
                return line.ToString();
            if (line.Append(c).Length > LineLengthMax)
            {
                Wrong($"a line has {LineLengthMax} characters at the most");
                return null;
            }
        }
    }

    /// <summary>RFC 4180, within one line; null: a quote is out of place.</summary>
    private static List<string>? Fields(string row)
    {
        var fields = new List<string>();
        var field = new StringBuilder();
        for (var i = 0; ; )
        {
            field.Clear();
            if (i < row.Length && row[i] == '"')
            {
                for (i++; ; i++)
                {
                    if (i >= row.Length)
                        return null;
                    if (row[i] != '"')
                        field.Append(row[i]);
                    else if (i + 1 < row.Length && row[i + 1] == '"')
                        field.Append(row[++i]);
                    else
                        break;
                }
                i++;
                if (i < row.Length && row[i] != ',')
                    return null;
            }
            else
            {
                for (; i < row.Length && row[i] != ','; i++)
                {
                    if (row[i] == '"')
                        return null;
                    field.Append(row[i]);
                }
            }
            fields.Add(field.ToString().Trim());
            if (i >= row.Length)
                return fields;
            i++;
        }
    }

    private VendorFileLine? Wrong(string reason)
    {
        Fault ??= new(lines, reason);
        return null;
    }

    private static string Shown(string text) => text.Length <= 40 ? text : $"{text[..40]}…";
}
