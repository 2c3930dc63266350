using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Tokenline.Commerce.Batches;
using Tokenline.Commerce.Files;
using Tokenline.Commerce.Parties;
using Tokenline.Gateway.Batches;
using Tokenline.Gateway.Pipeline;
using Tokenline.Gateway.Protocols;

namespace Tokenline.Gateway.Endpoints;

/// <summary>Batches: <c>POST</c> and <c>GET /v1/batches</c>, <c>GET /v1/batches/{id}</c>, <c>POST /v1/batches/{id}/cancel</c>.</summary>
internal sealed class BatchesEndpoint(
    IBatchStore batches,
    IFileStore files,
    BatchRunner runner,
    BatchWork work,
    LineRunner lines,
    Keyring keyring,
    GatewayOptions options,
    IdSource ids,
    TimeProvider time
)
{
    private const int BodyBytesMax = 64 * 1024;
    private const int MetadataMax = 16;
    private const int PageDefault = 20;
    private const int PageMax = 100;
    private static readonly TimeSpan window = TimeSpan.FromHours(24);

    public Task CreateAsync(HttpContext context) =>
        new KeyedRequest(context, keyring, ids, time).AnswerAsync(async key =>
        {
            using var body = new PooledBuffer();
            if (await RequestBody.ReadAsync(context.Request, body, BodyBytesMax, context.RequestAborted) is { } unreadable)
                return unreadable;
            if (Read(body.Memory, context, key, out var asked) is { } refused)
                return refused;
            var batch = asked!;
            if (await files.FindAsync(key.Account, batch.Input, context.RequestAborted) is not { Purpose: "batch" })
                return new(Problems.InvalidRequest, $"No such File object for a batch: {batch.Input}", "input_file_id");
            if (await batches.UnfinishedOfAsync(key.Account, context.RequestAborted) >= options.BatchesPerAccount)
                return new(
                    Problems.RateLimitExceeded,
                    $"{options.BatchesPerAccount} batches of this account have not ended. Wait for one to end.",
                    RetryAfterSeconds: 60
                );
            await batches.AddAsync(batch, context.RequestAborted);
            runner.Wake();
            await KeyedRequest.WriteAsync(context, json => Write(json, batch));
            return null;
        });

    private Rejection? Read(ReadOnlyMemory<byte> body, HttpContext context, KeyRights key, out Batch? batch)
    {
        batch = null;
        try
        {
            using var document = JsonDocument.Parse(body);
            var asked = document.RootElement;
            if (asked.ValueKind != JsonValueKind.Object)
                return new(Problems.InvalidRequest, "The body must be a JSON object.");
            var file = MemberText.Of(asked, "input_file_id");
            if (!FileId.TryParse(file, out var input))
                return new(Problems.InvalidRequest, $"No such File object: {file}", "input_file_id");
            var endpoint = MemberText.Of(asked, "endpoint");
            if (endpoint is null || !lines.Paths.Contains(endpoint))
                return new(Problems.InvalidRequest, $"'endpoint' must be one of {string.Join(", ", lines.Paths)}.", "endpoint");
            if (MemberText.Of(asked, "completion_window") != "24h")
                return new(Problems.InvalidRequest, "'completion_window' must be 24h.", "completion_window");
            string? metadata = null;
            if (asked.TryGetProperty("metadata", out var given) && given.ValueKind != JsonValueKind.Null)
            {
                if (
                    given.ValueKind != JsonValueKind.Object
                    || given.EnumerateObject().Count() > MetadataMax
                    || given.EnumerateObject().Any(pair => pair.Value.ValueKind != JsonValueKind.String)
                )
                    return new(Problems.InvalidRequest, $"'metadata' must be an object of at most {MetadataMax} texts.", "metadata");
                metadata = given.GetRawText();
            }
            var now = time.GetUtcNow();
            var origin = $"{context.Request.Scheme}://{context.Request.Host}";
            batch = new(ids.Next<BatchKind>(), key.Account, key.Key, input, endpoint, origin, metadata, now, now + window);
            return null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException) // the latter of texts that are none
        {
            return new(Problems.InvalidRequest, "The body is not valid JSON.");
        }
    }

    public Task ListAsync(HttpContext context) =>
        new KeyedRequest(context, keyring, ids, time).AnswerAsync(async key =>
        {
            var query = context.Request.Query;
            var limit = PageDefault;
            if (
                query["limit"] is [{ } text]
                && (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out limit) || limit is < 1 or > PageMax)
            )
                return new(Problems.InvalidRequest, $"'limit' must be an integer from 1 to {PageMax}.", "limit");
            BatchId? after = BatchId.TryParse(query["after"], out var known) ? known : null;
            var page = await batches.ListAsync(key.Account, after, limit + 1, context.RequestAborted);
            var counted = new List<Batch>(page.Count);
            foreach (var batch in page)
                counted.Add(await CountedAsync(batch, context.RequestAborted));
            await KeyedRequest.WriteListAsync(context, counted, limit, batch => batch.Id.ToString(), Write);
            return null;
        });

    public Task ShowAsync(HttpContext context) => WithAsync(context, Task.FromResult);

    /// <summary>Lines that run come to their end, and are paid; the others are not begun.</summary>
    public Task CancelAsync(HttpContext context) =>
        WithAsync(
            context,
            async batch =>
            {
                var cancelling = batch with { State = BatchState.Cancelling, CancellingAt = time.GetUtcNow() };
                while (batch.State is BatchState.Validating or BatchState.InProgress)
                {
                    if (
                        await batches.MoveAsync(
                            cancelling with
                            {
                                InProgressAt = batch.InProgressAt,
                                Counts = batch.Counts,
                            },
                            batch.State,
                            context.RequestAborted
                        )
                    )
                    {
                        work.Cancel(batch.Id);
                        runner.Wake();
                    }
                    if (await batches.FindAsync(batch.Account, batch.Id, context.RequestAborted) is not { } now)
                        break;
                    batch = now;
                }
                return batch;
            }
        );

    private Task WithAsync(HttpContext context, Func<Batch, Task<Batch>> change) =>
        new KeyedRequest(context, keyring, ids, time).AnswerAsync(async key =>
        {
            var text = context.Request.RouteValues["id"] as string;
            if (!BatchId.TryParse(text, out var id) || await batches.FindAsync(key.Account, id, context.RequestAborted) is not { } batch)
                return new(Problems.NotFound, $"No batch found with id '{text}'.", "id");
            var shown = await CountedAsync(await change(batch), context.RequestAborted);
            await KeyedRequest.WriteAsync(context, json => Write(json, shown));
            return null;
        });

    /// <summary>While it runs its lines are the count; later they are gone, and it has the count itself.</summary>
    private async Task<Batch> CountedAsync(Batch batch, CancellationToken cancellation) =>
        batch.State is BatchState.InProgress or BatchState.Finalizing or BatchState.Cancelling
            ? batch with
            {
                Counts = await batches.CountsAsync(batch.Id, cancellation),
            }
            : batch;

    private static void Write(Utf8JsonWriter json, Batch batch)
    {
        json.WriteStartObject();
        json.WriteString("id"u8, batch.Id.ToString());
        json.WriteString("object"u8, "batch"u8);
        json.WriteString("endpoint"u8, batch.Endpoint);
        json.WritePropertyName("errors"u8);
        if (batch.Errors is { } errors)
            json.WriteRawValue($"{{\"object\":\"list\",\"data\":{errors}}}", skipInputValidation: true);
        else
            json.WriteNullValue();
        json.WriteString("input_file_id"u8, batch.Input.ToString());
        json.WriteString("completion_window"u8, "24h"u8);
        json.WriteString("status"u8, NameOf(batch.State));
        json.WriteString("output_file_id"u8, batch.Output?.ToString());
        json.WriteString("error_file_id"u8, batch.ErrorFile?.ToString());
        Time("created_at", batch.CreatedAt);
        Time("in_progress_at", batch.InProgressAt);
        Time("expires_at", batch.ExpiresAt);
        Time("finalizing_at", batch.FinalizingAt);
        Time("completed_at", EndedAs(BatchState.Completed));
        Time("failed_at", EndedAs(BatchState.Failed));
        Time("expired_at", EndedAs(BatchState.Expired));
        Time("cancelling_at", batch.CancellingAt);
        Time("cancelled_at", EndedAs(BatchState.Cancelled));
        json.WriteStartObject("request_counts"u8);
        json.WriteNumber("total"u8, batch.Counts.Total);
        json.WriteNumber("completed"u8, batch.Counts.Completed);
        json.WriteNumber("failed"u8, batch.Counts.Failed);
        json.WriteEndObject();
        json.WritePropertyName("metadata"u8);
        json.WriteRawValue(batch.Metadata ?? "null", skipInputValidation: true);
        json.WriteEndObject();

        DateTimeOffset? EndedAs(BatchState state) => batch.State == state ? batch.EndedAt : null;

        void Time(string name, DateTimeOffset? at)
        {
            if (at is { } known)
                json.WriteNumber(name, known.ToUnixTimeSeconds());
            else
                json.WriteNull(name);
        }
    }

    private static string NameOf(BatchState state) =>
        state switch
        {
            BatchState.Validating => "validating",
            BatchState.Failed => "failed",
            BatchState.InProgress => "in_progress",
            BatchState.Finalizing => "finalizing",
            BatchState.Completed => "completed",
            BatchState.Expired => "expired",
            BatchState.Cancelling => "cancelling",
            _ => "cancelled",
        };
}
