using System.Text;
using CsCheck;
using Tokenline.Gateway.Protocols.Sse;

namespace Tokenline.Gateway.Tests.Sse;

public sealed class SseSplitterTests
{
    [Theory]
    [InlineData("data: a\n\ndata: b\n\n")]
    [InlineData("data: a\r\n\r\ndata: b\r\n\r\n")]
    [InlineData("data: a\r\rdata: b\r\r")]
    [InlineData("data: a\r\n\ndata: b\n\r\n")]
    [InlineData("\uFEFFdata:a\n\ndata:b\n\n")]
    [InlineData("data: a\n\ndata: b")]
    public void All_line_ends_mean_the_same(string stream) =>
        Assert.Equal(["a", "b"], Split(stream).Where(e => e.HasData).Select(e => e.Data));

    [Fact]
    public void Only_one_space_after_the_colon_is_left_out() => Assert.Equal([" a "], Split("data:  a \n\n").Select(e => e.Data));

    [Fact]
    public void Data_lines_are_joined_by_a_line_feed() =>
        Assert.Equal(["a\n\nb"], Split("data: a\r\ndata\r\ndata: b\r\n\r\n").Select(e => e.Data));

    [Fact]
    public void Comments_and_blank_lines_are_events_without_data()
    {
        var events = Split(": OPENROUTER PROCESSING\n\n\ndata: x\n\n");
        Assert.Equal([": OPENROUTER PROCESSING\n\n", "\n", "data: x\n\n"], events.Select(e => e.Raw));
        Assert.Equal([false, false, true], events.Select(e => e.HasData));
    }

    [Fact]
    public void The_name_of_an_event_is_read()
    {
        var ev = Assert.Single(Split("event: error\nid: 7\ndata: {}\n\n"));
        Assert.Equal(("error", "{}"), (ev.Name, ev.Data));
    }

    [Fact]
    public void A_field_whose_name_only_begins_like_data_is_not_data() => Assert.False(Assert.Single(Split("database: x\n\n")).HasData);

    [Fact]
    public void An_unterminated_last_event_comes_out_and_says_so()
    {
        var events = Split("data: a\n\ndata: b\n");
        Assert.Equal([true, false], events.Select(e => e.IsTerminated));
        Assert.Equal("b", events[1].Data);
    }

    [Fact]
    public void A_line_feed_that_arrives_late_still_belongs_to_its_carriage_return()
    {
        var events = Split("data: a\r\n\r", "\ndata: b\r\n\r\n");
        Assert.Equal(["data: a\r\n\r\n", "data: b\r\n\r\n"], events.Select(e => e.Raw));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(100_000)]
    public void An_event_above_the_limit_stops_the_splitter(int chunkLength)
    {
        using var splitter = new SseSplitter(eventBytesMax: 1000);
        var stream = Encoding.UTF8.GetBytes("data: a\n\ndata: " + new string('x', 993) + "\n\n");
        var seen = 0;
        foreach (var chunk in stream.Chunk(chunkLength).TakeWhile(_ => !splitter.IsTooLarge))
        {
            splitter.Feed(chunk);
            while (splitter.TryNext(out _))
                seen++;
        }
        Assert.Equal(1, seen);
        Assert.True(splitter.IsTooLarge);
    }

    [Fact]
    public void An_event_of_exactly_the_limit_passes() => Assert.Equal(992, Split("data: " + new string('x', 992) + "\n\n")[0].Data.Length);

    [Fact]
    public void An_event_inside_one_chunk_is_not_copied()
    {
        var chunk = Encoding.UTF8.GetBytes("data: abc\n\n");
        using var splitter = new SseSplitter();
        splitter.Feed(chunk);
        Assert.True(splitter.TryNext(out var ev));
        Assert.True(ev.Data.Equals(chunk.AsMemory(6, 3)));
    }

    [Fact]
    public void Any_split_of_the_bytes_gives_the_same_events_and_loses_nothing()
    {
        var piece = Gen.OneOf(
            "data: ",
            "data:",
            "event: x",
            ": c",
            "\n",
            "\r",
            "\r\n",
            "\n\n",
            "\r\n\r\n",
            "{\"a\":1}",
            "é",
            "id: 1",
            "\uFEFF"
        );
        Gen.Select(piece.Array[0, 30], Gen.Int[1, 9].Array[1, 20])
            .Sample(
                (pieces, lengths) =>
                {
                    var stream = string.Concat(pieces);
                    var whole = Split(stream);
                    var bytes = Encoding.UTF8.GetBytes(stream);
                    List<byte[]> chunks = [];
                    for (int i = 0, at = 0; at < bytes.Length; at += chunks[^1].Length, i++)
                        chunks.Add(bytes[at..Math.Min(bytes.Length, at + lengths[i % lengths.Length])]);
                    Assert.Equal(stream, string.Concat(whole.Select(e => e.Raw)));
                    Assert.Equal(whole, Split(chunks));
                    Assert.Equal(whole, Split(bytes.Chunk(1)));
                }
            );
    }

    private sealed record Copy(string Raw, string Data, string Name, bool HasData, bool IsTerminated);

    private static List<Copy> Split(params string[] chunks) => Split(chunks.Select(Encoding.UTF8.GetBytes));

    private static List<Copy> Split(IEnumerable<byte[]> chunks)
    {
        using var splitter = new SseSplitter(eventBytesMax: 1000);
        List<Copy> events = [];
        foreach (var chunk in chunks)
        {
            splitter.Feed(chunk);
            Drain();
            Array.Fill(chunk, (byte)'!'); // nothing may look at a chunk once it is read
        }
        splitter.Complete();
        Drain();
        return events;

        void Drain()
        {
            while (splitter.TryNext(out var e))
                events.Add(new Copy(Text(e.Raw), Text(e.Data), Text(e.Name), e.HasData, e.IsTerminated));
        }
    }

    private static string Text(ReadOnlyMemory<byte> utf8) => Encoding.UTF8.GetString(utf8.Span);
}
