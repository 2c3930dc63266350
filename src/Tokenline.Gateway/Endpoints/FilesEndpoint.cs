using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;
using Tokenline.Commerce.Files;
using Tokenline.Commerce.Parties;

namespace Tokenline.Gateway.Endpoints;

/// <summary>The files of batches: <c>POST</c> and <c>GET /v1/files</c>, <c>GET</c> and <c>DELETE /v1/files/{id}</c>, <c>GET /v1/files/{id}/content</c>.</summary>
internal sealed class FilesEndpoint(IFileStore files, Keyring keyring, GatewayOptions options, IdSource ids, TimeProvider time)
{
    private const int PageMax = 10_000;
    private const int FieldLengthMax = 256;
    private const int HeadBytesMax = 64 * 1024; // what a form is more than its file

    public Task UploadAsync(HttpContext context) =>
        new KeyedRequest(context, keyring, ids, time).AnswerAsync(async key =>
        {
            if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
                size.MaxRequestBodySize = (long)options.FileBytesMax + HeadBytesMax;
            if (
                !MediaTypeHeaderValue.TryParse(context.Request.ContentType, out var type)
                || !type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase)
                || HeaderUtilities.RemoveQuotes(type.Boundary).Value is not { Length: > 0 and <= 200 } boundary
            )
                return new(Problems.InvalidRequest, "A file is uploaded as multipart/form-data with the fields 'purpose' and 'file'.");
            if (await files.BytesOfAsync(key.Account, context.RequestAborted) >= options.FileAccountBytesMax)
                return new(
                    Problems.PayloadTooLarge,
                    $"The files of an account are at most {options.FileAccountBytesMax} bytes. Delete some."
                );
            try
            {
                return await ReceiveAsync(context, key, boundary);
            }
            catch (Exception e)
                when (e is InvalidDataException or BadHttpRequestException
                    || e is IOException && !context.RequestAborted.IsCancellationRequested
                )
            {
                return e is BadHttpRequestException { StatusCode: 413 }
                    ? TooLarge()
                    : new(Problems.InvalidRequest, "The form is not well-formed.");
            }
        });

    private async Task<Rejection?> ReceiveAsync(HttpContext context, KeyRights key, string boundary)
    {
        var reader = new MultipartReader(boundary, context.Request.Body);
        StoredFile? file = null;
        string? purpose = null;
        var isKept = false;
        try
        {
            while (await reader.ReadNextSectionAsync(context.RequestAborted) is { } section)
            {
                if (!ContentDispositionHeaderValue.TryParse(section.ContentDisposition, out var disposition))
                    continue;
                var name = HeaderUtilities.RemoveQuotes(disposition.Name).Value;
                if (name == "purpose")
                    purpose = await TextAsync(section.Body, context.RequestAborted);
                if (name != "file" || file is not null)
                    continue;
                var given = HeaderUtilities.RemoveQuotes(disposition.FileName).Value is { Length: > 0 } known ? known : "file.jsonl";
                file = new(
                    ids.Next<FileKind>(),
                    key.Account,
                    given[..Math.Min(given.Length, FieldLengthMax)],
                    "batch",
                    0,
                    time.GetUtcNow()
                );
                await files.BeginAsync(file, context.RequestAborted);
                if (await CopyAsync(section.Body, file.Id, context.RequestAborted) is not { } bytes)
                    return TooLarge();
                file = file with { Bytes = bytes };
            }
            if (purpose != "batch")
                return new(Problems.InvalidRequest, "'purpose' must be batch.", "purpose");
            if (file is not { Bytes: > 0 })
                return new(Problems.InvalidRequest, "'file' is missing or empty.", "file");
            await files.CompleteAsync(file.Id, file.Bytes, CancellationToken.None);
            isKept = true;
            await KeyedRequest.WriteAsync(context, json => Write(json, file));
            return null;
        }
        finally
        {
            if (!isKept && file is not null)
                await files.DeleteAsync(key.Account, file.Id, CancellationToken.None);
        }
    }

    private Rejection TooLarge() => new(Problems.PayloadTooLarge, $"A file is at most {options.FileBytesMax} bytes.", "file");

    /// <summary>Null: it is too large.</summary>
    private async Task<long?> CopyAsync(Stream from, FileId file, CancellationToken cancellation)
    {
        var piece = new byte[IFileStore.PieceBytesMax];
        long bytes = 0;
        for (var number = 0; ; number++)
        {
            var count = await from.ReadAtLeastAsync(piece, piece.Length, throwOnEndOfStream: false, cancellation);
            if (count == 0)
                return bytes;
            bytes += count;
            if (bytes > options.FileBytesMax)
                return null;
            await files.AppendAsync(file, number, piece.AsMemory(0, count), cancellation);
        }
    }

    private static async Task<string> TextAsync(Stream from, CancellationToken cancellation)
    {
        var text = new byte[FieldLengthMax];
        var count = await from.ReadAtLeastAsync(text, text.Length, throwOnEndOfStream: false, cancellation);
        return System.Text.Encoding.UTF8.GetString(text, 0, count).Trim();
    }

    public Task ListAsync(HttpContext context) =>
        new KeyedRequest(context, keyring, ids, time).AnswerAsync(async key =>
        {
            var query = context.Request.Query;
            var limit = PageMax;
            if (
                query["limit"] is [{ } text]
                && (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out limit) || limit is < 1 or > PageMax)
            )
                return new(Problems.InvalidRequest, $"'limit' must be an integer from 1 to {PageMax}.", "limit");
            FileId? after = FileId.TryParse(query["after"], out var known) ? known : null;
            var page = await files.ListAsync(
                key.Account,
                query["purpose"] is [{ } purpose] ? purpose : null,
                after,
                limit + 1,
                context.RequestAborted
            );
            await KeyedRequest.WriteListAsync(context, page, limit, file => file.Id.ToString(), Write);
            return null;
        });

    public Task ShowAsync(HttpContext context) =>
        WithAsync(context, (_, file) => KeyedRequest.WriteAsync(context, json => Write(json, file)));

    public Task ContentAsync(HttpContext context) =>
        WithAsync(
            context,
            async (_, file) =>
            {
                context.Response.ContentType = "application/octet-stream";
                context.Response.ContentLength = file.Bytes;
                await foreach (var piece in files.ReadAsync(file.Id, context.RequestAborted))
                    await context.Response.Body.WriteAsync(piece, context.RequestAborted);
            }
        );

    public Task DeleteAsync(HttpContext context) =>
        WithAsync(
            context,
            async (key, file) =>
            {
                await files.DeleteAsync(key.Account, file.Id, context.RequestAborted);
                await KeyedRequest.WriteAsync(
                    context,
                    json =>
                    {
                        json.WriteStartObject();
                        json.WriteString("id"u8, file.Id.ToString());
                        json.WriteString("object"u8, "file"u8);
                        json.WriteBoolean("deleted"u8, true);
                        json.WriteEndObject();
                    }
                );
            }
        );

    private Task WithAsync(HttpContext context, Func<KeyRights, StoredFile, Task> answer) =>
        new KeyedRequest(context, keyring, ids, time).AnswerAsync(async key =>
        {
            var text = context.Request.RouteValues["id"] as string;
            if (!FileId.TryParse(text, out var id) || await files.FindAsync(key.Account, id, context.RequestAborted) is not { } file)
                return new(Problems.NotFound, $"No such File object: {text}", "id");
            await answer(key, file);
            return null;
        });

    private void Write(Utf8JsonWriter json, StoredFile file)
    {
        json.WriteStartObject();
        json.WriteString("id"u8, file.Id.ToString());
        json.WriteString("object"u8, "file"u8);
        json.WriteNumber("bytes"u8, file.Bytes);
        json.WriteNumber("created_at"u8, file.CreatedAt.ToUnixTimeSeconds());
        json.WriteNumber("expires_at"u8, file.CreatedAt.AddDays(options.FileDays).ToUnixTimeSeconds());
        json.WriteString("filename"u8, file.Name);
        json.WriteString("purpose"u8, file.Purpose);
        json.WriteString("status"u8, "processed"u8);
        json.WriteEndObject();
    }
}
