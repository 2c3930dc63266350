using System.Text;
using Tokenline.Billing.Reconciliation;

namespace Tokenline.Billing.Tests.Reconciliation;

public sealed class VendorFileTests
{
    private const string Head = "day,model,meter,quantity\n";

    private static readonly BillingPeriod november = BillingPeriod.Of(2026, 11);

    [Fact]
    public async Task What_a_vendor_counts_is_held_against_what_it_served_with_what_is_behind_the_difference()
    {
        var story = await StoryAsync();
        var compared = await CompareAsync(
            story,
            "quantity,meter,model,day\r\n2000,input,glm-5-upstream,2026-11-05\r\n1999,input,glm-5,2026-11-06\r\n7,output,glm-5,2026-11-09\r\n"
        );
        Assert.Equal((3, 1, 4), (compared.Lines, compared.Matched, compared.Differences));
        // Two requests answered no call, and had used 300 tokens: the vendor billed them.
        Assert.Equal(
            new VendorFinding(VendorDifference.QuantityDiffers, 3, new DateOnly(2026, 11, 6), "glm-5", "input", 1_000, 1_999, 1, 2, 300),
            compared.Findings[0] with
            {
                Behind = null,
            }
        );
        Assert.Equal((VendorDifference.MissingHere, 4), (compared.Findings[1].Difference, compared.Findings[1].Line));
        Assert.Equal((VendorDifference.MissingAtVendor, (int?)null), (compared.Findings[2].Difference, compared.Findings[2].Line));
    }

    [Fact]
    public async Task The_calls_behind_a_difference_are_listed_with_the_retries_and_timeouts_that_the_vendor_may_have_billed()
    {
        var story = await StoryAsync();
        var compared = await CompareAsync(story, Head + "2026-11-05,glm-5,input,2000\n2026-11-06,glm-5,input,1300\n");
        var page = Assert.Single(compared.Findings).Behind!;
        Assert.Null(page.Next);
        Assert.Equal([null, "timeout", "timeout"], page.Calls.Select(call => call.Outcome));
        Assert.Equal([1_000L, 100, 200], page.Calls.Select(call => call.Usage!.Value[Meter.Input]));
        Assert.Equal(0.15m, page.Calls[0].Cost!.Value.ToDecimal());
        Assert.Equal(story.Facts.Facts[3].Record!.Charge, page.Calls[0].Charge);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(500)]
    public async Task Pages_of_any_size_list_each_request_once(int limit)
    {
        var story = await StoryAsync();
        var (seen, after) = (new List<VendorCall>(), default(ChargeId));
        while (true)
        {
            var page = await story.VendorCalls.ListAsync("zhipu", new DateOnly(2026, 11, 6), "glm-5", after, limit, default);
            seen.AddRange(page.Calls);
            if (page.Next is not { } next)
                break;
            after = next;
        }
        Assert.Equal(3, seen.Count);
        Assert.Equal(3, seen.Select(call => call.Charge).Distinct().Count());
        Assert.Empty((await story.VendorCalls.ListAsync("zhipu", new DateOnly(2026, 11, 7), "glm-5", default, limit, default)).Calls);
        Assert.Empty((await story.VendorCalls.ListAsync("openai", new DateOnly(2026, 11, 6), "glm-5", default, limit, default)).Calls);
    }

    [Theory]
    [InlineData("0", 1)]
    [InlineData("0.4999", 1)]
    [InlineData("0.5", 0)]
    public async Task What_is_nearer_than_the_tolerance_is_equal(string tolerance, int differences)
    {
        var compared = await CompareAsync(
            await StoryAsync(),
            Head + "2026-11-05,glm-5,input,2010\n2026-11-06,glm-5,input,1000\n",
            decimal.Parse(tolerance)
        );
        Assert.Equal(differences, compared.Differences);
    }

    [Fact]
    public async Task An_invoice_is_held_against_the_contract_by_day_and_model()
    {
        var compared = await CompareAsync(
            await StoryAsync(),
            "day,model,meter,quantity,amount,currency\n2026-11-05,glm-5,input,2000,0.31,CNY\n2026-11-06,glm-5,input,1000,0.50,CNY\n"
        );
        var finding = Assert.Single(compared.Findings);
        Assert.Equal(
            (VendorDifference.AmountDiffers, 3, 150_000_000L, 500_000_000L),
            (finding.Difference, finding.Line!.Value, finding.Ours, finding.Theirs)
        );
    }

    [Theory]
    [InlineData("", 1, "columns")]
    [InlineData("day,model,quantity\n", 1, "columns")]
    [InlineData("day,model,meter,quantity,amount\n", 1, "one without the other")]
    [InlineData("day,model,meter,quantity,price\n", 1, "columns")]
    [InlineData(Head, 2, "no line")]
    [InlineData(Head + "2026-11-05,glm-5,input\n", 2, "4 columns")]
    [InlineData(Head + "05.11.2026,glm-5,input,1\n", 2, "'day'")]
    [InlineData(Head + "2026-12-01,glm-5,input,1\n", 2, "2026-12-01")]
    [InlineData(Head + "2026-11-05,,input,1\n", 2, "'model'")]
    [InlineData(Head + "2026-11-05,glm-5,tokens,1\n", 2, "'meter'")]
    [InlineData(Head + "2026-11-05,glm-5,input,1.5\n", 2, "'quantity'")]
    [InlineData(Head + "2026-11-05,glm-5,input,-1\n", 2, "'quantity'")]
    [InlineData(Head + "2026-11-05,\"glm-5,input,1\n", 2, "quote")]
    [InlineData(Head + "2026-11-05,glm-5,input,1\n2026-11-06,glm-5,input,1\n2026-11-05,glm-5,input,1\n", 4, "line 2")]
    [InlineData("day,model,meter,quantity,amount,currency\n2026-11-05,glm-5,input,1,1,USD\n", 2, "USD")]
    [InlineData("day,model,meter,quantity,amount,currency\n2026-11-05,glm-5,input,1,x,CNY\n", 2, "'amount'")]
    [InlineData("day,model,meter,quantity,amount,currency\n2026-11-05,glm-5,input,1,1,cny\n", 2, "'currency'")]
    public async Task A_file_that_is_not_what_it_should_be_is_refused_at_its_line(string text, int line, string word)
    {
        var story = await StoryAsync();
        var before = ((MemoryBillingStore)story.Store).Dump();
        var refused = (
            await story.Reconciling.CompareAsync("zhipu", november, new MemoryStream(Encoding.UTF8.GetBytes(text)), 0, default)
        ).Refused!;
        Assert.Equal(("file", Problems.InvalidRequest), (refused.Param, refused.Problem));
        Assert.StartsWith($"line {line}: ", refused.Message, StringComparison.Ordinal);
        Assert.Contains(word, refused.Message, StringComparison.Ordinal);
        Assert.Equal(before, ((MemoryBillingStore)story.Store).Dump());
    }

    [Fact]
    public async Task A_file_without_an_end_is_refused_when_it_has_more_lines_than_there_can_be()
    {
        using var endless = new Endless(number => $"2026-11-05,model-{number},input,1\n");
        var refused = (await (await StoryAsync()).Reconciling.CompareAsync("zhipu", november, endless, 0, default)).Refused!;
        Assert.StartsWith($"line {VendorFileReader.LinesMax + 2}: ", refused.Message, StringComparison.Ordinal);
        Assert.True(endless.Given < 20_000_000, $"{endless.Given} bytes were read");
    }

    [Fact]
    public async Task Bytes_that_are_no_text_and_lines_that_do_not_end_are_refused()
    {
        var story = await StoryAsync();
        var binary = new MemoryStream([.. Encoding.UTF8.GetBytes(Head), 0xff, 0xfe, 0xfd]);
        Assert.Contains(
            "UTF-8",
            (await story.Reconciling.CompareAsync("zhipu", november, binary, 0, default)).Refused!.Message,
            StringComparison.Ordinal
        );
        using var endless = new Endless(_ => new string('x', 100_000));
        Assert.Equal(
            $"line 2: a line has {VendorFileReader.LineLengthMax} characters at the most",
            (await story.Reconciling.CompareAsync("zhipu", november, endless, 0, default)).Refused!.Message
        );
        Assert.True(endless.Given < 100_000, $"{endless.Given} bytes were read");
    }

    [Fact]
    public async Task A_file_that_is_too_large_is_refused_where_it_is_and_its_rest_is_not_read()
    {
        var story = await StoryAsync();
        var before = ((MemoryBillingStore)story.Store).Dump();
        var padding = new string(' ', 2_000);
        using var endless = new Endless(number => $"2026-11-05,model-{number},input,1{padding}\n");
        var refused = (await story.Reconciling.CompareAsync("zhipu", november, endless, 0, default)).Refused!;
        Assert.Equal(("file", Problems.InvalidRequest), (refused.Param, refused.Problem));
        Assert.Matches("^line 3[0-9]{4}: a file has 64 MiB at the most$", refused.Message);
        Assert.InRange(endless.Given, VendorFileReader.BytesMax, VendorFileReader.BytesMax + 100_000);
        Assert.Equal(before, ((MemoryBillingStore)story.Store).Dump());
    }

    private static async Task<VendorComparison> CompareAsync(MonthStory story, string text, decimal tolerance = 0) =>
        (
            await story.Reconciling.CompareAsync("zhipu", november, new MemoryStream(Encoding.UTF8.GetBytes(text)), tolerance, default)
        ).Required();

    private static async Task<MonthStory> StoryAsync()
    {
        var story = new MonthStory();
        await story.GoOnAsync(
            """
            terms zhipu wholesale
            11-01 grant payg 100 CNY to 12-01 as Postpaid
            11-05 call c1 glm-5 zhipu 1 payg cost 0.15 CNY
            11-05 call c2 glm-5 zhipu 1 payg cost 0.15 CNY
            11-06 call c3 glm-5 zhipu 1 payg cost 0.15 CNY
            11-06 attempt glm-5 zhipu 100
            11-06 attempt glm-5 zhipu 200
            """
        );
        await story.Fold.CatchUpAsync(() => false, default);
        return story;
    }

    /// <summary>A file that never ends.</summary>
    /// <param name="next">What follows its head: by number, from 1.</param>
    private sealed class Endless(Func<int, string> next) : Stream
    {
        private byte[] line = Encoding.UTF8.GetBytes(Head);
        private int at;
        private int number;

        public long Given { get; private set; }
        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => throw new NotSupportedException();
        public override long Position
        {
            get => Given;
            set => throw new NotSupportedException();
        }

        public override int Read(byte[] buffer, int offset, int count)
        {
            if (at == line.Length)
                (line, at) = (Encoding.UTF8.GetBytes(next(++number)), 0);
            var read = Math.Min(count, line.Length - at);
            line.AsSpan(at, read).CopyTo(buffer.AsSpan(offset));
            at += read;
            Given += read;
            return read;
        }

        public override void Flush() { }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
