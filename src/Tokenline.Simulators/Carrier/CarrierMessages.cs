namespace Tokenline.Simulators.Carrier;

/// <summary>A text message that the carrier took.</summary>
public sealed record CarrierMessage(string Id, string Correlator, string PhoneNumber, string Sender, string Text, DateTimeOffset TakenAt);

/// <summary>The text messages that were sent, in memory, the newest ones only. A correlator seen before sends nothing new.</summary>
public sealed class CarrierMessages(int kept, TimeProvider time)
{
    private readonly Lock gate = new();
    private readonly Queue<CarrierMessage> messages = new();
    private readonly Dictionary<string, CarrierMessage> byCorrelator = [];

    /// <summary>In the order they were taken.</summary>
    public IReadOnlyList<CarrierMessage> All
    {
        get
        {
            lock (gate)
                return [.. messages];
        }
    }

    internal CarrierMessage Take(string correlator, string phoneNumber, string sender, string text)
    {
        lock (gate)
        {
            if (byCorrelator.TryGetValue(correlator, out var before))
                return before;
            if (messages.Count == kept)
                byCorrelator.Remove(messages.Dequeue().Correlator);
            var message = new CarrierMessage($"sms-{Guid.NewGuid():n}", correlator, phoneNumber, sender, text, time.GetUtcNow());
            messages.Enqueue(message);
            byCorrelator.Add(correlator, message);
            return message;
        }
    }
}
