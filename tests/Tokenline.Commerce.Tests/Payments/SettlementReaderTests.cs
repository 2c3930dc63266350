using System.Text;
using Tokenline.Commerce.Payments;

namespace Tokenline.Commerce.Tests.Payments;

public sealed class SettlementReaderTests
{
    internal const string Header = "record,id,payment_id,client_correlator,reference_code,phone_number,amount,currency,booked_at";
    private const string Paid = "payment,p1,,ord_1,ord_1,+8613800001111,9.900,CNY,2026-09-01T10:30:00.123+08:00";
    private static readonly DateOnly day = new(2026, 9, 1);

    [Fact]
    public async Task A_file_is_read_line_by_line()
    {
        var (lines, fault) = await ReadAsync(
            $""""
            {Header}
            {Paid}
            refund,"r,""1""",p1,,"a, b",+8613800001111,2.5,CNY,2026-09-01T23:59:59+08:00
            end,2,,,,,,,
            """"
        );
        Assert.Null(fault);
        Assert.Equal(
            [
                new(
                    2,
                    SettlementKind.Payment,
                    "p1",
                    null,
                    "ord_1",
                    Money.FromDecimal(9.9m, Currency.Cny),
                    new DateTimeOffset(2026, 9, 1, 10, 30, 0, 123, TimeSpan.FromHours(8))
                ),
                new(
                    3,
                    SettlementKind.Refund,
                    "r,\"1\"",
                    "p1",
                    null,
                    Money.FromDecimal(2.5m, Currency.Cny),
                    new DateTimeOffset(2026, 9, 1, 23, 59, 59, TimeSpan.FromHours(8))
                ),
            ],
            lines
        );
    }

    [Theory]
    [InlineData(1, "columns are", "record,id\n")]
    [InlineData(1, "columns are", "")]
    [InlineData(2, "'end'", Header + "\n")]
    [InlineData(3, "'end'", Header + "\n" + Paid + "\n")]
    [InlineData(2, "9 columns", Header + "\npayment,p1,,ord_1\n")]
    [InlineData(2, "9 columns", Header + "\n\n")]
    [InlineData(2, "quote", Header + "\npayment,\"p1,,ord_1\n")]
    [InlineData(2, "quote", Header + "\npayment,p\"1,,ord_1\n")]
    [InlineData(3, "says that it has 2 lines, and it has 1", Header + "\n" + Paid + "\nend,2,,,,,,,\n")]
    [InlineData(3, "something follows", Header + "\nend,0,,,,,,,\n" + Paid)]
    public async Task A_file_that_is_not_whole_is_refused_with_its_line(int line, string words, string text)
    {
        var (_, fault) = await ReadAsync(text);
        Assert.Equal(line, fault!.Line);
        Assert.Contains(words, fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("record", "chargeback")]
    [InlineData("id", "")]
    [InlineData("amount", "")]
    [InlineData("amount", "0")]
    [InlineData("amount", "-9.9")]
    [InlineData("amount", "9,9")]
    [InlineData("amount", "1e3")]
    [InlineData("amount", "9.9000000001")]
    [InlineData("currency", "cny")]
    [InlineData("currency", "")]
    [InlineData("booked_at", "2026-09-01 10:30:00")]
    [InlineData("booked_at", "2026-09-01T10:30:00")]
    public async Task A_field_that_makes_no_sense_is_named(string column, string value)
    {
        var fields = Paid.Split(',');
        fields[Array.IndexOf(Header.Split(','), column)] = value.Contains(',') ? $"\"{value}\"" : value;
        var (lines, fault) = await ReadAsync($"{Header}\n{Paid}\n{string.Join(',', fields)}\nend,2,,,,,,,\n");
        Assert.Single(lines);
        Assert.Equal(3, fault!.Line);
        Assert.Contains($"'{column}'", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_file_of_another_day_is_refused()
    {
        var (_, fault) = await ReadAsync($"{Header}\n{Paid.Replace("09-01T", "09-02T", StringComparison.Ordinal)}\nend,1,,,,,,,\n");
        Assert.Equal("Line 2: it is of 2026-09-02, and this is to be the file of 2026-09-01", fault!.ToString());
    }

    [Fact]
    public async Task A_refund_without_its_payment_is_refused()
    {
        var (_, fault) = await ReadAsync($"{Header}\n{Paid.Replace("payment,", "refund,", StringComparison.Ordinal)}\nend,1,,,,,,,\n");
        Assert.Contains("'payment_id'", fault!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_no_text_or_one_endless_line_is_refused_without_reading_on()
    {
        var (_, fault) = await ReadAsync([.. Encoding.UTF8.GetBytes(Header + "\n"), 0xFF, 0xFE]);
        Assert.Equal("this is not UTF-8", fault!.Message);
        using var endless = new Endless();
        using var reader = new SettlementReader(endless, day);
        Assert.Null(await reader.ReadAsync(TestContext.Current.CancellationToken));
        Assert.Equal(1, reader.Fault!.Line);
        Assert.InRange(endless.BytesRead, 1, 64 * 1024);
    }

    [Fact]
    public async Task A_file_of_too_many_lines_is_refused_at_the_first_too_many()
    {
        using var reader = new SettlementReader(new Repeated(Header + "\n", Paid + "\n"), day);
        var lines = 0;
        while (await reader.ReadAsync(TestContext.Current.CancellationToken) is not null)
            lines++;
        Assert.Equal(SettlementReader.LinesMax, lines);
        Assert.Equal(SettlementReader.LinesMax + 2, reader.Fault!.Line);
    }

    [Theory]
    [InlineData("\n")]
    [InlineData("\r\n")]
    public async Task Line_ends_a_mark_at_the_beginning_and_a_missing_last_end_do_not_matter(string end)
    {
        var (lines, fault) = await ReadAsync($"\uFEFF{Header}{end}{Paid}{end}end,1,,,,,,,");
        Assert.Null(fault);
        Assert.Single(lines);
    }

    private static Task<(List<SettlementLine> Lines, SettlementFault? Fault)> ReadAsync(string text) =>
        ReadAsync(Encoding.UTF8.GetBytes(text));

    private static async Task<(List<SettlementLine> Lines, SettlementFault? Fault)> ReadAsync(byte[] bytes)
    {
        using var reader = new SettlementReader(new MemoryStream(bytes), day);
        var lines = new List<SettlementLine>();
        while (await reader.ReadAsync(TestContext.Current.CancellationToken) is { } line)
            lines.Add(line);
        return (lines, reader.Fault);
    }

    private sealed class Endless : Repeated
    {
        public Endless()
            : base("", "x") { }
    }

    /// <summary>A beginning, and then the same for ever.</summary>
    private class Repeated(string head, string then) : Stream
    {
        private readonly byte[] then = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(then, 64)));
        private byte[] current = Encoding.UTF8.GetBytes(head);
        private int at;

        public int BytesRead { get; private set; }
        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => BytesRead;
            set => throw new NotSupportedException();
        }

        public override int Read(byte[] buffer, int offset, int count)
        {
            if (at == current.Length)
                (current, at) = (then, 0);
            var length = Math.Min(count, current.Length - at);
            Array.Copy(current, at, buffer, offset, length);
            at += length;
            BytesRead += length;
            return length;
        }

        public override void Flush() { }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
