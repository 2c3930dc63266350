using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;

namespace Tokenline.Commerce.Notifications;

/// <summary>Text messages by the carrier, in the shape of OMA/GSMA OneAPI: <c>POST {base}/smsmessaging/v1/outbound/{sender}/requests</c>, with a client correlator.</summary>
public sealed class CarrierSmsClient(HttpClient http, CommerceOptions options) : ISmsSender, IDisposable
{
    public async Task<DeliveryOutcome> SendAsync(string correlator, string phoneNumber, string text, CancellationToken cancellation)
    {
        var sender = $"tel:{options.SmsSender}";
        using var request = new HttpRequestMessage(
            HttpMethod.Post,
            $"{options.CarrierBaseUrl.AbsoluteUri.TrimEnd('/')}/smsmessaging/v1/outbound/{Uri.EscapeDataString(sender)}/requests"
        )
        {
            Content = JsonContent.Create(
                new
                {
                    outboundSMSMessageRequest = new
                    {
                        address = new[] { $"tel:{phoneNumber}" },
                        senderAddress = sender,
                        outboundSMSTextMessage = new { message = text },
                        clientCorrelator = correlator,
                    },
                }
            ),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", options.CarrierToken);
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
        if (response.IsSuccessStatusCode)
            return DeliveryOutcome.Delivered;
        var words = string.Create(CultureInfo.InvariantCulture, $"the carrier answered {(int)response.StatusCode}");
        // A number that cannot be reached stays so; a token or a gateway in trouble is the operator's to mend.
        return response.StatusCode is HttpStatusCode.BadRequest or HttpStatusCode.Forbidden or HttpStatusCode.NotFound
            ? DeliveryOutcome.Refused(words)
            : DeliveryOutcome.Failed(words);
    }

    public void Dispose() => http.Dispose();
}
