using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace Tokenline.Commerce.Payments;

/// <summary>One question to the carrier's gateway and its answer, with the operator's token. What is no answer is thrown.</summary>
internal sealed class CarrierWire(HttpClient http, CommerceOptions options)
{
    /// <param name="correlator">For the carrier's log.</param>
    public async Task<CarrierReply> SendAsync(
        HttpMethod method,
        string path,
        object? body,
        string? correlator,
        CancellationToken cancellation
    )
    {
        using var request = new HttpRequestMessage(method, $"{options.CarrierBaseUrl.AbsoluteUri.TrimEnd('/')}/{path}")
        {
            Content = body is null ? null : JsonContent.Create(body),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", options.CarrierToken);
        if (correlator is not null)
            request.Headers.Add("x-correlator", correlator);
        try
        {
            using var response = await http.SendAsync(request, cancellation);
            return new CarrierReply(response.StatusCode, Parse(await response.Content.ReadAsStringAsync(cancellation)));
        }
        catch (OperationCanceledException timeout) when (!cancellation.IsCancellationRequested)
        {
            throw new HttpRequestException("the carrier did not answer in time", timeout);
        }
    }

    private static JsonElement Parse(string body)
    {
        try
        {
            return JsonSerializer.Deserialize<JsonElement>(body);
        }
        catch (JsonException)
        {
            return default;
        }
    }
}

/// <summary>An answer of the gateway: a status, and its body where that was JSON.</summary>
internal readonly record struct CarrierReply(HttpStatusCode Status, JsonElement Body)
{
    private const int ReasonLengthMax = 300;

    public bool IsSuccess => (int)Status is >= 200 and < 300;

    public string? Code => Body.Text("code");

    public string Message => Short(Body.Text("message") ?? Code ?? $"the carrier answered {(int)Status}");

    /// <summary>
    /// A no that leaves nothing open. Everything else – 401, 429, 5xx, a redirect, a page without a code – leaves open whether it was done.
    /// The code tells, not the status: releases of the API differ between 403 and 422.
    /// </summary>
    public bool IsCertainNo =>
        Code is { } code
        && (
            Status is HttpStatusCode.BadRequest or HttpStatusCode.NotFound or HttpStatusCode.Conflict or HttpStatusCode.UnprocessableEntity
            || (Status == HttpStatusCode.Forbidden && code.Contains('.'))
        );

    /// <summary>The carrier has seen the correlator before: 409, or – while that payment has not ended – a 400 that names it in words alone.</summary>
    public bool SaysRepeated =>
        Status == HttpStatusCode.Conflict
        || (Status == HttpStatusCode.BadRequest && Message.Contains("clientCorrelator", StringComparison.OrdinalIgnoreCase));

    public HttpRequestException Unclear() => new($"the carrier answered {(int)Status} {Short(Code ?? "")}".TrimEnd(), null, Status);

    public static string Short(string text) => text.Length <= ReasonLengthMax ? text : text[..ReasonLengthMax];
}

/// <summary>Members of an answer, where they are there and of the right kind.</summary>
internal static class CarrierJson
{
    public static string? Text(this JsonElement answer, string name) =>
        answer.Member(name) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;

    public static JsonElement Member(this JsonElement answer, string name) =>
        answer.ValueKind == JsonValueKind.Object && answer.TryGetProperty(name, out var value) ? value : default;

    public static DateTimeOffset? Instant(this JsonElement answer, string name) =>
        answer.Member(name) is { ValueKind: JsonValueKind.String } value && value.TryGetDateTimeOffset(out var instant) ? instant : null;

    /// <summary>Of <c>chargingInformation</c>. An amount that cannot be is none.</summary>
    public static Money? Amount(this JsonElement transaction, string name)
    {
        var charging = transaction.Member(name).Member("chargingInformation");
        if (charging.Member("amount") is not { ValueKind: JsonValueKind.Number } number || !number.TryGetDecimal(out var amount))
            return null;
        try
        {
            return Money.FromDecimal(amount, new Currency(charging.Text("currency") ?? ""));
        }
        catch (Exception e) when (e is FormatException or OverflowException)
        {
            return null;
        }
    }
}
