using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Tokenline.Portal.Tests;

/// <summary>A vendor on a socket of its own that answers each call when it is told to.</summary>
internal sealed class HeldVendor : IAsyncDisposable
{
    private const string Answer = """
        {"id":"held","object":"chat.completion","created":1,"model":"held","choices":[{"index":0,"message":{"role":"assistant","content":"Hi"},"finish_reason":"stop"}],"usage":{"prompt_tokens":5,"completion_tokens":2,"total_tokens":7}}
        """;

    private readonly ConcurrentQueue<TaskCompletionSource> waiting = [];
    private readonly WebApplication app;
    private volatile bool isOpen;

    private HeldVendor(WebApplication app) => this.app = app;

    public Uri BaseUrl => new($"{app.Urls.First()}/v1");

    /// <summary>Calls that wait for their answer.</summary>
    public int Waiting => waiting.Count;

    public static async Task<HeldVendor> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var app = builder.Build();
        var vendor = new HeldVendor(app);
        app.MapPost("/v1/chat/completions", vendor.AnswerAsync);
        await app.StartAsync();
        return vendor;
    }

    /// <summary>Answers the call that has waited longest.</summary>
    public void AnswerOne()
    {
        if (waiting.TryDequeue(out var first))
            first.SetResult();
    }

    /// <summary>Answers all that wait, and from now on at once.</summary>
    public void Open()
    {
        isOpen = true;
        while (!waiting.IsEmpty)
            AnswerOne();
    }

    public ValueTask DisposeAsync()
    {
        Open();
        return app.DisposeAsync();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        if (!isOpen)
        {
            var turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            waiting.Enqueue(turn);
            await turn.Task;
        }
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(Answer);
    }
}
