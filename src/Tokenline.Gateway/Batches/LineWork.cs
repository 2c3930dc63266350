using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Tokenline.Commerce.Batches;
using Tokenline.Commerce.Parties;
using Tokenline.Commerce.Refunds;
using Tokenline.Gateway.Protocols;

namespace Tokenline.Gateway.Batches;

/// <summary>What the lines of one run of a batch share.</summary>
/// <param name="MayGoOn">False: cancelled, out of time, or the server ends. What has not been answered stays pending.</param>
internal sealed record LineRun(Batch Batch, UInt128 Key, Func<bool> MayGoOn, CancellationToken Stopping);

/// <summary>
/// Runs one line until it is answered or must wait for another day. Its charge is on record before its call begins: if the process ends between the charge and
/// the storing of the answer, the next run gives that charge back and makes the call anew. So a line is paid once, and only with an answer. The charging account
/// knows a line's calls by one name, and refuses a second one beside the first, should two ever run.
/// </summary>
internal sealed partial class LineWork(
    LineRunner runner,
    IBatchStore batches,
    Keyring keyring,
    Refunding refunds,
    GatewayOptions options,
    IdSource ids,
    TimeProvider time,
    ILogger<LineWork> log
) : IDisposable
{
    private const int AttemptsAtVendors = 3;
    private static readonly TimeSpan shortly = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan longestWait = TimeSpan.FromSeconds(60);

    /// <summary>Of all batches together. A line that waits has none.</summary>
    private readonly SemaphoreSlim slots = new(options.BatchCallsMax);

    public async Task RunAsync(LineRun run, BatchLine line)
    {
        var attempt = line.Attempt;
        if (line.Charge is { } earlier && await GiveBackAsync(run.Batch.Id, line.Number, earlier))
            attempt++; // the account remembers the name of the charge that was given back
        var vendorFailures = 0;
        while (run.MayGoOn())
        {
            if (keyring.Find(run.Key, time.GetUtcNow()) is not { } rights)
                return; // revoked: the line stays pending, and the batch ends
            var call = new LineOfBatch(rights, NameOf(run.Batch.Id, line.Number, attempt), ids.Next<ChargeKind>());
            await batches.BeginLineAsync(run.Batch.Id, line.Number, attempt, call.Charge, CancellationToken.None);
            var answer = await CallAsync(run.Batch, line, call);
            if (answer.Status != 200 && run.Stopping.IsCancellationRequested)
                return; // the server ends: that is not the line's fault
            var code = answer.Status == 200 ? null : CodeOf(answer.Body);
            if (answer.IsAborted || answer.Status == 503 && code == Problems.Overloaded.Code)
            {
                if (answer.IsAborted && await GiveBackAsync(run.Batch.Id, line.Number, call.Charge))
                    attempt++;
                await WaitAsync(shortly, run);
            }
            else if (answer.Status == 409 && code == Problems.IdempotencyConflict.Code)
            {
                if (await GiveBackAsync(run.Batch.Id, line.Number, ChargeId.Parse(answer.Headers["x-tokenline-charge-id"].ToString())))
                    attempt++;
                else
                    await WaitAsync(shortly, run);
            }
            else if (answer.Status == 429 && answer.Headers["x-should-retry"] != "false")
            {
                await WaitAsync(RetryAfter(answer), run);
            }
            else if (answer.Status is 500 or 502 or 503 or 504 && ++vendorFailures < AttemptsAtVendors)
            {
                await WaitAsync(RetryAfter(answer) * vendorFailures, run);
            }
            else
            {
                var state = answer.Status == 200 ? LineState.Answered : LineState.Failed;
                var text = OutputLine.Of(run.Batch.Id, line, answer);
                await batches.EndLineAsync(run.Batch.Id, line.Number, state, text, CancellationToken.None);
                return;
            }
        }
    }

    private async Task<LineAnswer> CallAsync(Batch batch, BatchLine line, LineOfBatch call)
    {
        await slots.WaitAsync(CancellationToken.None);
        try
        {
            return await runner.RunAsync(batch.Endpoint, batch.Origin, line.Body, call);
        }
        finally
        {
            slots.Release();
        }
    }

    public void Dispose() => slots.Dispose();

    /// <summary>A zero byte cannot be in a header, so no client's Idempotency-Key has this hash.</summary>
    private static UInt128 NameOf(BatchId batch, int line, int attempt) =>
        BinaryPrimitives.ReadUInt128BigEndian(
            SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"\0{batch} {line} {attempt}")))
        );

    /// <summary>True: it had been charged, its answer is lost, and the charge is given back, now or before. False: it came to nothing, or still runs.</summary>
    public async Task<bool> GiveBackAsync(BatchId batch, int line, ChargeId charge)
    {
        // Ids are made once, whatever they are of: the charge's number serves the command, so that twice is once.
        var outcome = await refunds.RefundAsync(
            new(charge, null, $"The answer of line {line} of {batch} was lost.", new CommandId(charge.Value))
        );
        if (outcome.Refused is { } refused)
            return refused.Message == Refunding.GivenBackWhole;
        LogGivenBack(batch, line, charge);
        return true;
    }

    private async Task WaitAsync(TimeSpan wait, LineRun run)
    {
        try
        {
            await Task.Delay(wait < longestWait ? wait : longestWait, time, run.Stopping);
        }
        catch (OperationCanceledException)
        {
            // the server ends, which the caller sees
        }
    }

    private static TimeSpan RetryAfter(LineAnswer answer) =>
        int.TryParse(answer.Headers.RetryAfter, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            ? TimeSpan.FromSeconds(Math.Max(1, seconds))
            : TimeSpan.FromSeconds(1);

    /// <summary>OpenAI's errors and Anthropic's both have our code at <c>error.code</c>.</summary>
    private static string? CodeOf(byte[] body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return
                document.RootElement.ValueKind == JsonValueKind.Object
                && document.RootElement.TryGetProperty("error", out var error)
                && error.ValueKind == JsonValueKind.Object
                ? MemberText.Of(error, "code")
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "line {Line} of {Batch} had been charged as {Charge} and its answer was lost: the charge is given back"
    )]
    private partial void LogGivenBack(BatchId batch, int line, ChargeId charge);
}
