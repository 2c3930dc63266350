using Tokenline.Commerce.Notifications;

namespace Tokenline.Commerce.Tests.Notifications;

/// <summary>Text messages by script.</summary>
internal sealed class FakeSms : ISmsSender
{
    private readonly Lock gate = new();
    private readonly List<(string Correlator, string PhoneNumber, string Text)> sent = [];

    public IReadOnlyList<(string Correlator, string PhoneNumber, string Text)> Sent
    {
        get
        {
            lock (gate)
                return [.. sent];
        }
    }

    public Task<DeliveryOutcome> SendAsync(string correlator, string phoneNumber, string text, CancellationToken cancellation)
    {
        lock (gate)
            sent.Add((correlator, phoneNumber, text));
        return Task.FromResult(DeliveryOutcome.Delivered);
    }
}
