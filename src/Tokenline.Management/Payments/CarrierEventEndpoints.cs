using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Tokenline.Commerce.Payments;

namespace Tokenline.Management.Payments;

/// <summary>The sink of the carrier's events. Opened by the token that was given for the payment, and by nothing else.</summary>
internal static class CarrierEventEndpoints
{
    private const int BytesMax = 16 * 1024;
    private const string Scheme = "Bearer ";

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/carrier/events/{correlator}", TakeAsync).ExcludeFromDescription();

    private static async Task<IResult> TakeAsync(string correlator, HttpContext http, PaymentCallbacks callbacks)
    {
        var authorization = http.Request.Headers.Authorization.ToString();
        var token = authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? authorization[Scheme.Length..] : null;
        if (await BodyAsync(http) is not { } body)
            return Refuse(413, "INVALID_ARGUMENT", $"An event has {BytesMax} bytes at the most.");
        return await callbacks.TakeAsync(correlator, token, body, http.RequestAborted) switch
        {
            CallbackVerdict.Taken or CallbackVerdict.SeenBefore => TypedResults.NoContent(),
            CallbackVerdict.Unauthenticated => Refuse(401, "UNAUTHENTICATED", "The token is not the one of this payment, or has expired."),
            CallbackVerdict.Malformed => Refuse(400, "INVALID_ARGUMENT", "A CloudEvent 1.0 about a payment is expected."),
            CallbackVerdict.Unknown => Refuse(410, "GONE", "Nothing is asked under this correlator."),
            CallbackVerdict.Contradicted => Refuse(403, "PERMISSION_DENIED", "The payment is not what the event says."),
            _ => Refuse(503, "UNAVAILABLE", "Send it again later."),
        };
    }

    private static async Task<ReadOnlyMemory<byte>?> BodyAsync(HttpContext http)
    {
        var bytes = new byte[BytesMax + 1];
        var length = 0;
        int read;
        while (length < bytes.Length && (read = await http.Request.Body.ReadAsync(bytes.AsMemory(length), http.RequestAborted)) > 0)
            length += read;
        // Not "? :", in which null would become an empty memory.
        if (length > BytesMax)
            return null;
        return bytes.AsMemory(0, length);
    }

    private static JsonHttpResult<CarrierErrorBody> Refuse(int status, string code, string message) =>
        TypedResults.Json(new CarrierErrorBody(status, code, message), statusCode: status);

    /// <summary>An error as CAMARA writes it.</summary>
    private sealed record CarrierErrorBody(int Status, string Code, string Message);
}
