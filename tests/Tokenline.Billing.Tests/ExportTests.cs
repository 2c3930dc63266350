using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.RegularExpressions;
using Tokenline.Billing.Bills;
using Tokenline.Billing.Export;
using Tokenline.Commerce.Receivables;

namespace Tokenline.Billing.Tests;

/// <summary>Bills on paper, in CSV and in the columns of FOCUS.</summary>
public sealed partial class ExportTests
{
    private const string Month = """
        11-01 sale plan 10.60 tax 6 to 2027-01-01
        11-01 grant plan/quota 10 general-token product plan to 2027-01-01
        11-02 call c1 qwen3-max alibaba 3 plan/quota
        11-03 grant payg 100 CNY to 12-01 as Postpaid
        11-12 call c2 glm-5 zhipu 1.234567891 payg in team
        close 2026-11
        """;

    [Theory]
    [InlineData("zh", "账单")]
    [InlineData("en", null)]
    public async Task A_bill_is_a_pdf_whose_parts_are_where_it_says(string language, string? wide)
    {
        var document = await BillAsync();
        var bytes = BillPdf.Write(document, "运营商 (Operator)", language, MonthStory.Calendar);
        var text = Encoding.Latin1.GetString(bytes);
        Assert.StartsWith("%PDF-1.7", text, StringComparison.Ordinal);
        // The table at the end leads to each object.
        var table = int.Parse(StartXref().Match(text).Groups[1].Value);
        Assert.StartsWith("xref", text[table..], StringComparison.Ordinal);
        var offsets = Offset().Matches(text[table..]);
        for (var i = 0; i < offsets.Count; i++)
            Assert.StartsWith($"{i + 1} 0 obj", text[int.Parse(offsets[i].Groups[1].Value)..], StringComparison.Ordinal);
        var pages = Pages(bytes, text);
        Assert.Contains(document.Hash, pages, StringComparison.Ordinal);
        Assert.Contains("(glm-5)", pages, StringComparison.Ordinal);
        Assert.Contains("(1.23)", pages, StringComparison.Ordinal);
        Assert.Contains("\\(Operator\\)", pages, StringComparison.Ordinal);
        Assert.Contains("(Ann \\(1\\))", pages, StringComparison.Ordinal);
        // Whom it is made out to, as the customer says it.
        foreach (var said in new[] { "Ann Ltd", "91310000MA1FL0000X", "1 Bund  +86 21 5555", "ICBC  62220000", "PO-7" })
            Assert.Contains($"({said})", pages, StringComparison.Ordinal);
        // Who made the calls, by name and not by id: a path that is too long ends with its last name.
        Assert.Contains("(Ann's own)", pages, StringComparison.Ordinal);
        Assert.Contains("(laptop)", pages, StringComparison.Ordinal);
        Assert.DoesNotContain("alt_", pages, StringComparison.Ordinal);
        Assert.DoesNotContain("key_", pages, StringComparison.Ordinal);
        // Days of the operator's calendar; the last on which it is paid in time.
        Assert.Contains("(2026-12-01)", pages, StringComparison.Ordinal);
        Assert.Contains("(2026-12-15)", pages, StringComparison.Ordinal);
        Assert.Equal(language == "zh", pages.Contains("ask for the bill in English", StringComparison.Ordinal));
        if (wide is not null)
            Assert.Contains(Convert.ToHexString(Encoding.BigEndianUnicode.GetBytes(wide)), pages, StringComparison.Ordinal);
        else
            Assert.Contains("(Bill)", pages, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_long_bill_goes_on_on_the_next_page()
    {
        var document = await BillAsync();
        var many = document.Bill with { Lines = [.. Enumerable.Range(0, 200).Select(_ => document.Bill.Lines[0])] };
        var bytes = BillPdf.Write(document with { Bill = many }, "Operator", "en");
        Assert.Contains("/Count 5", Encoding.Latin1.GetString(bytes), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Csv_has_every_line_and_no_formula()
    {
        var document = await BillAsync();
        var bill = document.Bill with { Lines = [.. document.Bill.Lines, new BillLine(BillLineKind.Purchase, "=cmd|'/c calc'!A1, \"x\"")] };
        var rows = BillCsv.Write(bill).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(bill.Lines.Count + 1, rows.Length);
        Assert.Contains(
            ",laptop,A department with a long name / Ann's own,",
            rows.Single(row => row.Contains("usage", StringComparison.Ordinal)),
            StringComparison.Ordinal
        );
        Assert.Contains("usage,payg,glm-5,", rows.Single(row => row.Contains("usage", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.Contains("\"'=cmd|'/c calc'!A1, \"\"x\"\"\"", rows[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task In_focus_what_was_billed_is_the_bill_and_what_was_paid_before_is_spread_over_the_calls()
    {
        var bill = (await BillAsync()).Bill;
        var rows = Focus.Rows(bill, "Operator", MonthStory.Calendar.From(bill.Period)).ToList();
        Assert.Equal((bill.DueNano + bill.PurchasesNano) / 1e9m, rows.Sum(row => row.Billed));
        var included = rows.Single(row => row.Line.Kind == BillLineKind.Included);
        Assert.Equal(("Usage", "Committed", 3m, 0m), (included.Category, included.PricingCategory, included.Effective, included.Billed));
        Assert.Equal(("general-token", 3m), (Value(included, "PricingCurrency"), Value(included, "PricingCurrencyEffectiveCost")));
        Assert.Equal(0m, rows.Single(row => row.Category == "Purchase").Effective);
        var used = rows.Single(row => row.Line.Kind == BillLineKind.Usage);
        Assert.Equal("Ann (1)", Value(used, "BillingAccountName"));
        Assert.Equal("laptop", Value(used, "ResourceName"));
        Assert.Equal("A department with a long name / Ann's own", Value(used, "SubAccountName"));
        Assert.Equal(["Purchase", "Tax", "Usage", "Usage"], rows.Select(row => row.Category));
        var csv = (Focus.Head() + Focus.Csv(rows)).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(5, csv.Length);
        Assert.StartsWith("BilledCost,BillingAccountId,", csv[0], StringComparison.Ordinal);
        Assert.Contains("2026-10-31T16:00:00Z", csv[1], StringComparison.Ordinal);
    }

    private static object? Value(FocusRow row, string column) => Focus.Columns.Single(one => one.Name == column).Value(row);

    [Fact]
    public async Task What_is_renamed_after_the_close_is_called_as_it_was_on_the_closed_bill()
    {
        var story = Named("Ann (1)");
        await story.GoOnAsync(Month);
        var id = Bill.IdOf(MonthStory.Account("ann"), BillingPeriod.Of(2026, 11));
        var before = (await story.Bills.FindAsync(id, default)).Required();
        story.Facts.Names[MonthStory.Account("ann")] = BillNames.None with { To = new("Another") };
        await story.GoOnAsync(
            """
            12-01 grant payg2 100 CNY to 2027-01-01 as Postpaid
            12-02 call c9 glm-5 zhipu 1 payg2 in team
            close 2026-12
            """
        );
        var after = (await story.Bills.FindAsync(id, default)).Required();
        Assert.Equal((before.Hash, before.Hash, "Ann (1)"), (after.Hash, after.Bill.Hash(), after.Bill.To!.Name));
        var december = (await story.Bills.FindAsync(Bill.IdOf(MonthStory.Account("ann"), BillingPeriod.Of(2026, 12)), default)).Required();
        Assert.Equal("Another", december.Bill.To!.Name);
        Assert.All(december.Bill.Lines, line => Assert.Null(line.AllotmentName));
    }

    private static MonthStory Named(string name)
    {
        var story = new MonthStory();
        story.Facts.Names[MonthStory.Account("ann")] = new(
            new(name, new InvoiceRecipient("Ann Ltd", "91310000MA1FL0000X", "1 Bund", "+86 21 5555", "ICBC", "62220000", null, "PO-7")),
            new Dictionary<KeyId, string> { [MonthStory.Id<KeyKind>("key")] = "laptop" },
            new Dictionary<AllotmentId, string> { [MonthStory.Id<AllotmentKind>("team")] = "A department with a long name / Ann's own" }
        );
        return story;
    }

    private static async Task<BillDocument> BillAsync()
    {
        var story = Named("Ann (1)");
        await story.GoOnAsync(Month);
        return (await story.Bills.FindAsync(Bill.IdOf(MonthStory.Account("ann"), BillingPeriod.Of(2026, 11)), default)).Required();
    }

    private static string Pages(byte[] bytes, string text)
    {
        var pages = new StringBuilder();
        foreach (Match stream in Stream().Matches(text))
        {
            var (from, length) = (stream.Index + stream.Length, int.Parse(stream.Groups[1].Value, CultureInfo.InvariantCulture));
            using var inflated = new ZLibStream(new MemoryStream(bytes, from, length), CompressionMode.Decompress);
            using var reader = new StreamReader(inflated, Encoding.Latin1);
            pages.Append(reader.ReadToEnd());
        }
        return pages.ToString();
    }

    [GeneratedRegex(@"startxref\n(\d+)\n")]
    private static partial Regex StartXref();

    [GeneratedRegex(@"(\d{10}) 00000 n ")]
    private static partial Regex Offset();

    [GeneratedRegex(@"/Length (\d+) /Filter /FlateDecode >>\nstream\n")]
    private static partial Regex Stream();
}
