using System.Buffers;
using System.IO.Compression;
using Microsoft.AspNetCore.Http;

namespace Tokenline.Gateway.Pipeline;

/// <summary>Reads a request's body into one buffer. The limit holds for what comes out of decompression, not only for what goes in.</summary>
internal static class RequestBody
{
    /// <summary>Null: read. Otherwise why not.</summary>
    public static ValueTask<Rejection?> ReadAsync(Call call, int bytesMax) =>
        ReadAsync(call.Context.Request, call.Body, bytesMax, call, call.ClientGone);

    /// <summary>A body that is no call's, and small.</summary>
    public static ValueTask<Rejection?> ReadAsync(HttpRequest request, PooledBuffer into, int bytesMax, CancellationToken cancellation) =>
        ReadAsync(request, into, bytesMax, null, cancellation);

    private static async ValueTask<Rejection?> ReadAsync(
        HttpRequest request,
        PooledBuffer into,
        int bytesMax,
        Call? call,
        CancellationToken cancellation
    )
    {
        if (request.ContentLength > bytesMax)
            return TooLarge(bytesMax);
        var encoding = request.Headers.ContentEncoding;
        try
        {
            if (encoding.Count == 0)
                return await ReadPlainAsync(request, into, bytesMax, call, cancellation);
            return await ReadEncodedAsync(request.Body, encoding.ToString(), into, bytesMax, call, cancellation);
        }
        // Brotli's decoder reports bad data as an InvalidOperationException.
        catch (Exception e) when (e is InvalidDataException or ZstdSharp.ZstdException or InvalidOperationException)
        {
            return new(Problems.InvalidRequest, $"The body is not valid {encoding}.");
        }
        catch (BadHttpRequestException e)
        {
            return new(Problems.InvalidRequest, e.Message);
        }
    }

    private static async ValueTask<Rejection?> ReadPlainAsync(
        HttpRequest request,
        PooledBuffer into,
        int bytesMax,
        Call? call,
        CancellationToken cancellation
    )
    {
        var reader = request.BodyReader;
        while (true)
        {
            var read = await reader.ReadAsync(cancellation);
            var length = into.Length + read.Buffer.Length;
            var refusal = length > bytesMax ? TooLarge(bytesMax) : call?.GrowTo(length);
            if (refusal is null)
            {
                foreach (var segment in read.Buffer)
                    into.Write(segment.Span);
            }
            reader.AdvanceTo(read.Buffer.End);
            if (refusal is not null)
                return refusal;
            if (read.IsCompleted)
                return null;
        }
    }

    private static async ValueTask<Rejection?> ReadEncodedAsync(
        Stream body,
        string encoding,
        PooledBuffer into,
        int bytesMax,
        Call? call,
        CancellationToken cancellation
    )
    {
        Stream? decoded = encoding.Trim().ToLowerInvariant() switch
        {
            "identity" => body,
            "gzip" => new GZipStream(body, CompressionMode.Decompress),
            "br" => new BrotliStream(body, CompressionMode.Decompress),
            "deflate" => new ZLibStream(body, CompressionMode.Decompress),
            "zstd" => new ZstdSharp.DecompressionStream(body),
            _ => null,
        };
        if (decoded is null)
            return new(Problems.InvalidRequest, $"Content-Encoding '{encoding}' is not supported. Send gzip, br, deflate, zstd or none.");
        await using (decoded)
        {
            while (true)
            {
                var count = await decoded.ReadAsync(into.GetMemory(16 * 1024), cancellation);
                if (count == 0)
                    return null;
                into.Advance(count);
                if ((into.Length > bytesMax ? TooLarge(bytesMax) : call?.GrowTo(into.Length)) is { } refusal)
                    return refusal;
            }
        }
    }

    private static Rejection TooLarge(int bytesMax) => new(Problems.PayloadTooLarge, $"The body is larger than {bytesMax} bytes.");
}
