using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Tokenline.Bench;

/// <summary>A vendor that thinks for a fixed time and then answers at once; or opens a stream and holds it until it is told to finish.</summary>
internal sealed class Vendor : IAsyncDisposable
{
    private const string Usage = """
        "usage":{"prompt_tokens":210,"completion_tokens":160,"total_tokens":370,"prompt_tokens_details":{"cached_tokens":0}}
        """;

    private static readonly byte[] answer = Encoding.UTF8.GetBytes(
        $$$"""{"id":"chatcmpl-bench","object":"chat.completion","created":1,"model":"bench","choices":[{"index":0,"message":{"role":"assistant","content":"{{{new string('a', 640)}}}"},"finish_reason":"stop"}],{{{Usage}}}}"""
    );

    private static readonly byte[] streamBegin = Encoding.UTF8.GetBytes(
        """data: {"id":"chatcmpl-bench","object":"chat.completion.chunk","created":1,"model":"bench","choices":[{"index":0,"delta":{"role":"assistant","content":"four words at once"},"finish_reason":null}]}"""
            + "\n\n"
    );

    private static readonly byte[] streamEnd = Encoding.UTF8.GetBytes(
        """data: {"id":"chatcmpl-bench","object":"chat.completion.chunk","created":1,"model":"bench","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"""
            + "\n\n"
            + $$$"""data: {"id":"chatcmpl-bench","object":"chat.completion.chunk","created":1,"model":"bench","choices":[],{{{Usage}}}}"""
            + "\n\ndata: [DONE]\n\n"
    );

    /// <summary>Stands before the number of the call in the prompt.</summary>
    public const string NumberMark = "call number ";

    private static readonly byte[] numberMark = Encoding.UTF8.GetBytes(NumberMark);

    private readonly WebApplication app;
    private readonly BlockingCollection<(long Until, TaskCompletionSource Thought)> thoughts = []; // all take as long, so what began first ends first
    private readonly ConcurrentDictionary<int, TimeSpan> took = new();
    private readonly TaskCompletionSource finish = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private Vendor(WebApplication app)
    {
        this.app = app;
        new Thread(Think) { Name = "thinking", IsBackground = true }.Start();
    }

    public static async Task<Vendor> StartAsync(int port, TimeSpan thinking)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        var vendor = new Vendor(builder.Build());
        vendor.app.MapPost("/v1/chat/completions", context => vendor.AnswerAsync(context, thinking));
        vendor.app.MapPost("/stream/v1/chat/completions", vendor.StreamAsync);
        await vendor.app.StartAsync();
        return vendor;
    }

    /// <summary>How long the vendor itself took for a call, so that nobody else is blamed for it.</summary>
    public TimeSpan Took(int number) => took[number];

    public void Finish() => finish.TrySetResult();

    private async Task AnswerAsync(HttpContext context, TimeSpan thinking)
    {
        var begun = Stopwatch.GetTimestamp();
        var request = new byte[context.Request.ContentLength ?? 0];
        await context.Request.Body.ReadExactlyAsync(request);
        if (!Utf8Parser.TryParse(request.AsSpan(request.AsSpan().IndexOf(numberMark) + numberMark.Length), out int number, out _))
            throw new InvalidDataException("the call has no number");
        if (thinking > TimeSpan.Zero)
        {
            var thought = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            thoughts.Add((OnTime.In(thinking), thought));
            await thought.Task;
        }
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = answer.Length;
        took[number] = Stopwatch.GetElapsedTime(begun);
        await context.Response.Body.WriteAsync(answer);
    }

    private void Think()
    {
        foreach (var (until, thought) in thoughts.GetConsumingEnumerable())
        {
            OnTime.Wait(until);
            thought.SetResult();
        }
    }

    private async Task StreamAsync(HttpContext context)
    {
        await context.Request.Body.CopyToAsync(Stream.Null);
        context.Response.ContentType = "text/event-stream";
        await context.Response.Body.WriteAsync(streamBegin);
        await context.Response.Body.FlushAsync();
        await finish.Task;
        await context.Response.Body.WriteAsync(streamEnd);
    }

    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        thoughts.CompleteAdding();
    }
}
