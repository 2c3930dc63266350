using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Tokenline.Commerce.Catalog;
using Tokenline.Commerce.Parties;
using Tokenline.Gateway.Overload;
using Tokenline.Gateway.Pipeline;
using Tokenline.Gateway.Protocols;
using Tokenline.Gateway.Protocols.Anthropic;
using Tokenline.Gateway.Protocols.Gemini;
using Tokenline.Gateway.Routing;
using Tokenline.Gateway.Upstreams;

namespace Tokenline.Gateway.Endpoints;

/// <summary>
/// How many tokens a prompt is: Anthropic's <c>POST /v1/messages/count_tokens</c> and Gemini's <c>:countTokens</c>. The vendor is asked where it speaks the
/// client's protocol, and answers in its own words; otherwise, or should it fail, the prompt is counted here with the public vocabulary. It costs nothing.
/// </summary>
internal sealed class CountTokensEndpoint(
    Keyring keyring,
    IModelCatalogSource catalog,
    UpstreamClient upstream,
    VendorKeys keys,
    GatewayOptions options,
    Admission admission,
    BodyMemory bodies,
    IdSource ids,
    TimeProvider time
)
{
    private const int AnswerBytesMax = 64 * 1024;
    private static readonly TimeSpan patience = TimeSpan.FromSeconds(10);

    public Task MessagesAsync(HttpContext context) => ServeAsync(context, MessagesProtocol.Instance, VendorApi.AnthropicMessages, null);

    public Task GeminiAsync(HttpContext context, string model) => ServeAsync(context, GeminiProtocol.Whole, VendorApi.Gemini, model);

    private async Task ServeAsync(HttpContext context, ClientProtocol client, VendorApi api, string? subject)
    {
        var now = time.GetUtcNow();
        using var call = new Call(context, client, ids.Next<ChargeKind>(), now) { Subject = subject };
        RequestId.Give(context, call.Charge);
        if (admission.Enter() is { } busy)
        {
            await client.WriteErrorAsync(context, busy, now);
            return;
        }
        try
        {
            await ServeAsync(call, api, now);
        }
        finally
        {
            admission.Leave();
        }
    }

    private async Task ServeAsync(Call call, VendorApi api, DateTimeOffset now)
    {
        if (await ReadAsync(call, now) is { } rejection)
        {
            await call.Client.WriteErrorAsync(call.Context, rejection, now);
            return;
        }
        if (call.Model.Deployments.FirstOrDefault(deployment => deployment.Apis.Contains(api)) is { } deployment)
        {
            call.Deployment = deployment;
            if (await AskAsync(call, api) is { } answer)
            {
                call.Context.Response.ContentType = "application/json";
                await call.Context.Response.Body.WriteAsync(answer);
                return;
            }
        }
        await AnswerAsync(call, await Settlement.CountInputAsync(call));
    }

    private async ValueTask<Rejection?> ReadAsync(Call call, DateTimeOffset now)
    {
        if (ClientKey.Find(call.Context.Request, keyring, now) is not { } key)
            return ClientKey.Rejection;
        if (ClientKey.WhyNot(call.Context, key, now) is { } elsewhere)
            return elsewhere;
        call.Key = key;
        call.ShareMemory(bodies);
        if (await RequestBody.ReadAsync(call, options.RequestBytesMax) is { } unreadable)
            return unreadable;
        // A prompt that is only counted needs no limit of output; one that is there must be one.
        if (call.Client.Read(call) is { } refusal && (refusal.Param != "max_tokens" || !call.Request.MaxTokensValue.IsEmpty))
            return new Rejection(Problems.InvalidRequest, refusal.Message, refusal.Param);
        var id = call.Client.ModelOf(call);
        if (catalog.Current.Find(id) is not { } model)
            return new(Problems.ModelNotFound, $"The model '{id}' does not exist.", Param: "model");
        if (key.Models is { } allowed && !allowed.Contains(id))
            return new(Problems.ModelNotAllowed, $"This key may not use the model '{id}'.", Param: "model");
        call.Model = model;
        call.AskedModel = id;
        call.InputBound = long.MaxValue;
        return null;
    }

    /// <summary>Null: the vendor gave no count.</summary>
    private async ValueTask<ReadOnlyMemory<byte>?> AskAsync(Call call, VendorApi api)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(call.ClientGone);
        limit.CancelAfter(patience);
        using var body = new PooledBuffer();
        var target = UpstreamTarget.Of(call.Deployment);
        var edits = call.Client.Edits(call, call.Deployment.UpstreamModel == call.AskedModel ? default : target.ModelToken);
        edits.WriteTo(call.Body.Span, body);
        var request = upstream.NewRequest(
            "POST"u8,
            target.UriOf(
                api,
                api == VendorApi.Gemini
                    ? $"/models/{Uri.EscapeDataString(call.Deployment.UpstreamModel)}:countTokens"
                    : "/messages/count_tokens"
            ),
            call.Deployment
        );
        UpstreamTarget.Authorize(request, api, keys.Take(call.Deployment));
        if (api == VendorApi.AnthropicMessages)
            AnthropicHeaders.Set(call, request);
        request.SetBody(body.Memory, "application/json");
        try
        {
            using var answer = await request.SendAsync(limit.Token);
            if (answer.Status != HttpStatusCode.OK)
                return null;
            using var words = new PooledBuffer();
            while (await answer.ReadAsync(words.GetMemory(4096)) is > 0 and var count)
            {
                words.Advance(count);
                if (words.Length > AnswerBytesMax)
                    return null;
            }
            return IsCount(words.Memory) ? words.Span.ToArray() : null;
        }
        catch (Exception e) when (e is OperationCanceledException or HttpRequestException or IOException or InvalidDataException)
        {
            return null;
        }
    }

    private static bool IsCount(ReadOnlyMemory<byte> words)
    {
        try
        {
            using var json = JsonDocument.Parse(words);
            return json.RootElement.ValueKind == JsonValueKind.Object
                && (json.RootElement.TryGetProperty("input_tokens", out _) || json.RootElement.TryGetProperty("totalTokens", out _));
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static async ValueTask AnswerAsync(Call call, long tokens)
    {
        call.Context.Response.ContentType = "application/json";
        await using var json = new Utf8JsonWriter(call.Context.Response.BodyWriter);
        json.WriteStartObject();
        json.WriteNumber(call.Client.Kind == Protocol.Gemini ? "totalTokens"u8 : "input_tokens"u8, tokens);
        json.WriteEndObject();
    }
}
