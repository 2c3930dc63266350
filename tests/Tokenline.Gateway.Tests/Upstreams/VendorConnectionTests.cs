using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Text;
using CsCheck;
using Microsoft.Extensions.Time.Testing;
using Tokenline.Gateway.Upstreams;
using Tokenline.Testing;

namespace Tokenline.Gateway.Tests.Upstreams;

public sealed class VendorConnectionTests : IDisposable
{
    private readonly FakeTimeProvider time = new();
    private readonly VendorPool pool;
    private readonly VendorLine line = new();

    public VendorConnectionTests() => pool = VendorLine.Pool(time);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_request_is_written_in_one_piece_and_says_where_it_goes()
    {
        var request = VendorLine.Request(pool, "{\"a\":1}");
        request.Add("Authorization"u8, "Bearer "u8, "sk-1");
        line.Says("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");

        using var answer = await pool.Begin(line).AskAsync(request, Cancel);

        Assert.Equal(
            "POST /v1/chat?x=1 HTTP/1.1\r\nHost: vendor.example\r\nAccept-Encoding: identity\r\nContent-Type: application/json\r\n"
                + "Content-Length: 7\r\nAuthorization: Bearer sk-1\r\n\r\n{\"a\":1}",
            line.Sent
        );
    }

    [Theory]
    [InlineData("https://vendor.example/v1", "vendor.example")]
    [InlineData("https://vendor.example:8443/v1", "vendor.example:8443")]
    [InlineData("http://[::1]:8080/v1", "[::1]:8080")]
    [InlineData("http://bücher.example/v1", "xn--bcher-kva.example")]
    public void The_host_is_named_as_its_address_says(string uri, string authority) =>
        Assert.Equal(authority, VendorAddress.Of(new Uri(uri), mayBePrivate: false).Authority);

    [Theory]
    [InlineData("a\r\nb")]
    [InlineData("a\nb")]
    [InlineData("a\0b")]
    public async Task What_would_end_its_line_does_not_get_into_a_header(string value)
    {
        var request = VendorLine.Request(pool);
        request.Add("anthropic-beta"u8, value);

        await Assert.ThrowsAsync<HttpRequestException>(() => pool.Begin(line).AskAsync(request, Cancel));
        Assert.Equal(("", true), (line.Sent, line.IsClosed));
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", false)]
    [InlineData("HTTP/1.1 200\r\ncontent-length:5\r\n\r\nhello", false)]
    [InlineData("HTTP/1.1 200 OK\nContent-Length: 5\n\nhello", false)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nhello", false)]
    [InlineData("HTTP/1.1 200 OK\r\nX-Folded: a\r\n b\r\n\tc\r\nContent-Length: 5\r\n\r\nhello", false)]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", false)]
    [InlineData(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;ext=\"1\"\r\nhe\r\n0003 \r\nllo\r\n0\r\nX: 1\r\nY: 2\r\n\r\n",
        false
    )]
    [InlineData(
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
        false
    )]
    [InlineData("HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\nContent-Length: 5\r\n\r\nhello", false)]
    [InlineData("HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello", true)]
    [InlineData("HTTP/1.1 200 OK\r\nConnection: x, close\r\nContent-Length: 5\r\n\r\nhello", true)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 9\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", true)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello and more", true)]
    [InlineData("HTTP/1.1 200 OK\r\n\r\nhello", true)]
    public async Task The_body_ends_where_the_head_says_and_the_connection_stays_where_it_may(string bytes, bool isClosed)
    {
        var connection = pool.Begin(line);
        line.Says(bytes);
        if (!bytes.Contains("ength: 5", StringComparison.Ordinal) && !bytes.Contains("chunked", StringComparison.Ordinal))
            line.Ends();

        using var answer = await connection.AskAsync(VendorLine.Request(pool), Cancel);

        Assert.Equal((HttpStatusCode.OK, "hello"), (answer.Status, await VendorLine.ReadAsync(answer)));
        Assert.Equal(isClosed, line.IsClosed);
    }

    [Theory]
    [InlineData("")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Le")]
    public async Task What_ends_before_its_head_is_no_answer(string bytes)
    {
        line.Says(bytes);
        line.Ends();

        var e = await Assert.ThrowsAsync<HttpRequestException>(() => pool.Begin(line).AskAsync(VendorLine.Request(pool), Cancel));

        Assert.Equal(HttpRequestError.ResponseEnded, e.HttpRequestError);
        Assert.True(line.IsClosed);
    }

    [Theory]
    [InlineData("SSH-2.0-OpenSSH_9.9\r\n\r\n")]
    [InlineData("HTTP/2 200 OK\r\n\r\n")]
    [InlineData("HTTP/1.1 20 OK\r\n\r\n")]
    [InlineData("HTTP/1.1 101 Switching\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nno colon\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\n: nameless\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nspace : x\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\n folded: x\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n")]
    public async Task What_does_not_follow_the_protocol_is_no_answer(string bytes)
    {
        line.Says(bytes);

        var e = await Assert.ThrowsAsync<HttpRequestException>(() => pool.Begin(line).AskAsync(VendorLine.Request(pool), Cancel));

        Assert.Equal(HttpRequestError.InvalidResponse, e.HttpRequestError);
        Assert.True(line.IsClosed);
    }

    [Fact]
    public async Task A_head_without_end_is_not_read_for_ever()
    {
        line.Says($"HTTP/1.1 200 OK\r\nX: {new string('x', AnswerHead.BytesMax)}");

        var e = await Assert.ThrowsAsync<HttpRequestException>(() => pool.Begin(line).AskAsync(VendorLine.Request(pool), Cancel));

        Assert.Equal(HttpRequestError.InvalidResponse, e.HttpRequestError);
    }

    [Theory]
    [InlineData("Content-Length: 5\r\n\r\nhell", typeof(EndOfStreamException))]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n5\r\nhell", typeof(EndOfStreamException))]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", typeof(EndOfStreamException))]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n", typeof(EndOfStreamException))]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n5\r\nhelloo\r\n0\r\n\r\n", typeof(InvalidDataException))]
    [InlineData("Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n", typeof(InvalidDataException))]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n-5\r\nhello\r\n", typeof(InvalidDataException))]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n\r\n", typeof(InvalidDataException))]
    public async Task A_body_that_breaks_off_or_breaks_the_protocol_says_so(string rest, Type failure)
    {
        line.Says("HTTP/1.1 200 OK\r\n" + rest);
        line.Ends();

        var e = await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            using var answer = await pool.Begin(line).AskAsync(VendorLine.Request(pool), Cancel);
            _ = await VendorLine.ReadAsync(answer);
        });

        // What came with the head and is wrong already is no answer at all.
        Assert.Contains(failure, (Type?[])[e.GetType(), e.InnerException?.GetType()]);
        Assert.True(line.IsClosed);
    }

    [Fact]
    public async Task What_came_before_a_fault_in_the_chunks_is_read_first_and_the_connection_serves_nobody_after_it()
    {
        line.Says("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\ngood\r\nnone\r\n0\r\n\r\n");
        var answer = await pool.Begin(line).AskAsync(VendorLine.Request(pool), Cancel);
        var into = new byte[100];

        Assert.Equal("good", Encoding.ASCII.GetString(into, 0, await answer.ReadAsync(into)));
        await Assert.ThrowsAsync<InvalidDataException>(() => answer.ReadAsync(into).AsTask());
        await Assert.ThrowsAsync<InvalidDataException>(() => answer.ReadAsync(into).AsTask());
        answer.Dispose();

        Assert.Equal((0, true), (pool.Idle, line.IsClosed));
    }

    /// <summary>Whatever pieces it arrives in, and into whatever room it is read; and the next answer follows on the same connection.</summary>
    [Fact]
    public void An_answer_is_the_same_however_it_is_cut()
    {
        var chunk = Gen.Select(Gen.String[Gen.Char['a', 'z'], 1, 40], OneOf("", ";x=y", " "));
        Gen.Select(chunk.Array[0, 6], Gen.Bool, Gen.Bool, Gen.Int[1, 40].Array[1, 40], Gen.Int[1, 100])
            .Sample(
                (chunks, isChunked, hasTrailer, cuts, room) =>
                {
                    var body = string.Concat(chunks.Select(c => c.Item1));
                    var bytes = isChunked
                        ? "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                            + string.Concat(
                                chunks.Select(c =>
                                    string.Create(CultureInfo.InvariantCulture, $"{c.Item1.Length:x}{c.Item2}\r\n{c.Item1}\r\n")
                                )
                            )
                            + (hasTrailer ? "0\r\nX-Sum: 1\r\n\r\n" : "0\r\n\r\n")
                        : string.Create(CultureInfo.InvariantCulture, $"HTTP/1.1 200 OK\r\nContent-Length: {body.Length}\r\n\r\n{body}");
                    using var cut = new VendorLine();
                    using var own = VendorLine.Pool();
                    for (var time = 0; time < 2; time++)
                    {
                        var asked =
                            time == 0
                                ? own.Begin(cut).AskAsync(VendorLine.Request(own), default)
                                : own.AskAsync(VendorLine.Request(own), default);
                        var at = 0;
                        for (var i = 0; at < bytes.Length; i++)
                        {
                            var count = Math.Min(cuts[i % cuts.Length], bytes.Length - at);
                            cut.Says(bytes.Substring(at, count));
                            at += count;
                        }
                        using var answer = asked.GetAwaiter().GetResult();
                        if (VendorLine.ReadAsync(answer, room).GetAwaiter().GetResult() != body || cut.IsClosed)
                            return false;
                    }
                    return true;
                },
                iter: 500
            );
    }

    /// <summary>Bytes that are damaged: it ends with an answer or with a failure that callers expect; where .NET's own client finds an answer too, it is the same.</summary>
    [Fact]
    public void Damaged_answers_mean_what_they_mean_to_others_or_nothing()
    {
        string[] good =
        [
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 12\r\n\r\n{\"a\":\"bcde\"}",
            "HTTP/1.1 429 Too Many\r\nRetry-After: 3\r\nTransfer-Encoding: chunked\r\n\r\n4;a=b\r\nabcd\r\n3\r\nefg\r\n0\r\nT: 1\r\n\r\n",
            "HTTP/1.0 200 OK\r\nDate: x\r\n\r\nuntil it is closed",
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n",
        ];
        var edit = Gen.Select(
            Gen.Int[0, 100],
            Gen.Int[0, 3],
            OneOf("\r", "\n", "\r\n", ":", " ", "0", "f", "\0", "é", ",", "chunked", "-1")
        );
        Gen.Select(OneOf(good), edit.Array[1, 3])
            .Sample(
                (text, edits) =>
                {
                    foreach (var (at, kind, with) in edits)
                    {
                        var place = at % text.Length;
                        text = kind switch
                        {
                            0 => text.Insert(place, with),
                            1 => text.Remove(place, 1),
                            2 => text[..place],
                            _ => text[..place] + with + text[(place + 1)..],
                        };
                        if (text.Length == 0)
                            return true;
                    }
                    var ours = OursAsync(text).GetAwaiter().GetResult();
                    var theirs = TheirsAsync(text).GetAwaiter().GetResult();
                    return ours is null || theirs is null || ours == theirs;
                },
                iter: 500
            );
    }

    private static Gen<string> OneOf(params string[] texts) => Gen.Int[0, texts.Length - 1].Select(i => texts[i]);

    private static async Task<(int Status, string Body)?> OursAsync(string text)
    {
        await using var line = new VendorLine();
        using var pool = VendorLine.Pool();
        line.Says(text);
        line.Ends();
        try
        {
            using var answer = await pool.Begin(line).AskAsync(VendorLine.Request(pool), default);
            return ((int)answer.Status, await VendorLine.ReadAsync(answer));
        }
        catch (Exception e) when (e is HttpRequestException or IOException or InvalidDataException)
        {
            return null;
        }
    }

    private static async Task<(int Status, string Body)?> TheirsAsync(string text)
    {
        await using var line = new VendorLine();
        line.Says(text);
        line.Ends();
        using var client = new HttpMessageInvoker(
            new SocketsHttpHandler
            {
                AllowAutoRedirect = false,
                UseProxy = false,
                ConnectCallback = (_, _) => new ValueTask<Stream>(line),
            }
        );
        using var request = new HttpRequestMessage(HttpMethod.Post, "http://vendor.example/") { Content = new StringContent("{}") };
        try
        {
            using var answer = await client.SendAsync(request, Cancel);
            return ((int)answer.StatusCode, Encoding.Latin1.GetString(await answer.Content.ReadAsByteArrayAsync(Cancel)));
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    [Fact]
    public async Task A_connection_that_its_vendor_closed_while_nobody_used_it_is_not_used_again()
    {
        line.Says("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        (await pool.Begin(line).AskAsync(VendorLine.Request(pool), Cancel)).Dispose();
        Assert.False(line.IsClosed);

        line.Ends();

        Assert.True(
            await Eventually.WhenAsync(
                () =>
                {
                    pool.Tidy();
                    return Task.FromResult(line.IsClosed);
                },
                closed => closed
            )
        );
        Assert.Equal(0, pool.Idle);
    }

    [Theory]
    [InlineData(59, false)]
    [InlineData(61, true)]
    public async Task A_connection_that_nobody_uses_is_closed_after_a_minute(int seconds, bool isClosed)
    {
        line.Says("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        (await pool.Begin(line).AskAsync(VendorLine.Request(pool), Cancel)).Dispose();

        time.Advance(TimeSpan.FromSeconds(seconds));
        pool.Tidy();

        Assert.Equal(isClosed, line.IsClosed);
    }

    [Fact]
    public async Task A_connection_of_ten_minutes_serves_its_call_and_no_other()
    {
        var connection = pool.Begin(line);
        time.Advance(TimeSpan.FromMinutes(11));
        line.Says("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");

        using var answer = await connection.AskAsync(VendorLine.Request(pool), Cancel);

        Assert.Equal("ok", await VendorLine.ReadAsync(answer));
        Assert.True(line.IsClosed);
    }

    [Fact]
    public async Task Cancelled_it_ends_at_once_before_its_head_and_within_its_body()
    {
        using var source = new CancellationTokenSource();
        var asked = pool.Begin(line).AskAsync(VendorLine.Request(pool), source.Token);
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked);
        Assert.True(line.IsClosed);

        using var second = new VendorLine();
        using var other = new CancellationTokenSource();
        second.Says("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhe");
        using var answer = await pool.Begin(second).AskAsync(VendorLine.Request(pool), other.Token);
        Assert.Equal(2, await answer.ReadAsync(new byte[10]));
        var reading = answer.ReadAsync(new byte[10]).AsTask();
        await other.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
        Assert.True(second.IsClosed);
    }

    [Fact]
    public async Task What_is_cancelled_after_its_end_does_not_reach_the_next_call()
    {
        using var source = new CancellationTokenSource();
        line.Says("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        using var first = await pool.Begin(line).AskAsync(VendorLine.Request(pool), source.Token);
        Assert.Equal("ok", await VendorLine.ReadAsync(first));

        var second = pool.AskAsync(VendorLine.Request(pool), Cancel);
        await source.CancelAsync();
        line.Says("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\ntwo");

        using var answer = await second;
        Assert.Equal("two", await VendorLine.ReadAsync(answer));
    }

    [Fact]
    public async Task A_read_of_nothing_waits_until_there_is_something()
    {
        line.Says("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
        using var answer = await pool.Begin(line).AskAsync(VendorLine.Request(pool), Cancel);

        var waiting = answer.ReadAsync(Memory<byte>.Empty).AsTask();
        Assert.False(waiting.IsCompleted);
        line.Says("2\r\nok\r\n");

        Assert.Equal(0, await waiting);
        Assert.Equal(2, await answer.ReadAsync(new byte[10]));
    }

    /// <summary>Readers of streams stop at their last event. What frames it comes with it, or a moment later.</summary>
    [Theory]
    [InlineData("0\r\n\r\n", true)]
    [InlineData("5\r\nhello\r\n0\r\n\r\n", true)]
    [InlineData("0\r\n\r\nand more", false)]
    [InlineData("nonsense\r\n", false)]
    [InlineData(null, false)]
    public async Task An_answer_that_is_left_before_its_end_gives_its_connection_back_if_the_end_comes_soon(string? rest, bool isKept)
    {
        line.Says("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n");
        var answer = await pool.Begin(line).AskAsync(VendorLine.Request(pool), Cancel);
        Assert.Equal(2, await answer.ReadAsync(new byte[10]));

        answer.Dispose();
        if (rest is not null)
            line.Says(rest);

        Assert.True(await Eventually.WhenAsync(() => Task.FromResult(pool.Idle == 1 || line.IsClosed), ended => ended));
        Assert.Equal((isKept ? 1 : 0, !isKept), (pool.Idle, line.IsClosed));
        if (!isKept)
            return;
        var next = pool.AskAsync(VendorLine.Request(pool), Cancel);
        line.Says("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\ntwo");
        using var second = await next;
        Assert.Equal("two", await VendorLine.ReadAsync(second));
    }

    [Fact]
    public async Task An_answer_that_is_left_while_it_is_read_takes_its_connection_along()
    {
        line.Says("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
        var answer = await pool.Begin(line).AskAsync(VendorLine.Request(pool), Cancel);
        var waiting = answer.ReadAsync(Memory<byte>.Empty).AsTask();

        answer.Dispose();

        await Assert.ThrowsAnyAsync<IOException>(() => waiting);
        Assert.True(line.IsClosed);
    }

    [Fact]
    public async Task What_a_vendor_says_before_it_has_all_of_a_request_is_heard()
    {
        line.IsBroken = true;
        line.Says("HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno");

        using var answer = await pool.Begin(line).AskAsync(VendorLine.Request(pool, new string('x', 100_000)), Cancel);

        Assert.Equal((HttpStatusCode.RequestEntityTooLarge, "no"), (answer.Status, await VendorLine.ReadAsync(answer)));
        Assert.True(line.IsClosed);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    [InlineData("deflate")]
    public async Task A_body_that_is_compressed_against_our_wish_is_read_as_it_is_meant(string encoding)
    {
        var words = string.Join(' ', Enumerable.Repeat("words", 1000));
        using var packed = new MemoryStream();
        await using (
            Stream packing = encoding switch
            {
                "gzip" => new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true),
                "br" => new BrotliStream(packed, CompressionLevel.Fastest, leaveOpen: true),
                _ => new ZLibStream(packed, CompressionLevel.Fastest, leaveOpen: true),
            }
        )
            await packing.WriteAsync(Encoding.ASCII.GetBytes(words), Cancel);
        line.Says($"HTTP/1.1 200 OK\r\nContent-Encoding: {encoding}\r\nContent-Length: {packed.Length}\r\n\r\n");
        line.Says(packed.ToArray());

        using var answer = await pool.Begin(line).AskAsync(VendorLine.Request(pool), Cancel);

        Assert.Equal(words, await VendorLine.ReadAsync(answer));
    }

    [Fact]
    public async Task An_encoding_that_nobody_knows_is_said()
    {
        line.Says("HTTP/1.1 200 OK\r\nContent-Encoding: zip\r\nContent-Length: 2\r\n\r\nok");
        using var answer = await pool.Begin(line).AskAsync(VendorLine.Request(pool), Cancel);

        await Assert.ThrowsAsync<InvalidDataException>(() => VendorLine.ReadAsync(answer));
    }

    public void Dispose()
    {
        pool.Dispose();
        line.Dispose();
    }
}
