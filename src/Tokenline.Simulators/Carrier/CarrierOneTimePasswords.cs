using System.Security.Cryptography;

namespace Tokenline.Simulators.Carrier;

/// <summary>Codes that are sent to a number, each good for a few minutes, a few tries and one use. In memory.</summary>
internal sealed class CarrierOneTimePasswords(CarrierSimulatorOptions options, CarrierMessages messages, CarrierFaults faults)
{
    private const string Code = "ONE_TIME_PASSWORD_SMS.";
    private const int KeptMax = 10_000;

    private readonly Lock gate = new();
    private readonly Dictionary<string, Password> passwords = [];
    private readonly Queue<Password> sent = new();
    private readonly Dictionary<string, string> newest = [];

    public static string NewCode() => RandomNumberGenerator.GetInt32(1_000_000).ToString("D6", null);

    /// <summary>Sends a code, after which an earlier one to the same number is good no more. The outcome's message is the authentication id.</summary>
    public CarrierOutcome Send(string phoneNumber, string message)
    {
        switch (faults.Of(phoneNumber))
        {
            case CarrierFault.UnknownNumber:
                return CarrierOutcome.Refused(404, "NOT_FOUND", "This number is not the carrier's.");
            case CarrierFault.NoTextMessages:
                return CarrierOutcome.Refused(403, Code + "PHONE_NUMBER_NOT_ALLOWED", "This number cannot get text messages.");
            case CarrierFault.Barred:
                return CarrierOutcome.Refused(403, Code + "PHONE_NUMBER_BLOCKED", "This number is barred from text messages.");
            case CarrierFault.NeverAnswers:
                return CarrierOutcome.Silence;
        }
        lock (gate)
        {
            var now = options.Time.GetUtcNow();
            Forget(now);
            if (sent.Count(known => known.PhoneNumber == phoneNumber && known.SentAt > now - options.CodesWindow) >= options.CodesMax)
                return CarrierOutcome.Refused(403, Code + "MAX_OTP_CODES_EXCEEDED", "This number was sent too many codes: try later.");
            if (sent.Count >= KeptMax)
                return CarrierOutcome.Refused(429, "TOO_MANY_REQUESTS", "The simulator keeps no more codes.");
            var password = new Password(Guid.NewGuid().ToString(), phoneNumber, NewCode(), now);
            passwords.Add(password.Id, password);
            sent.Enqueue(password);
            newest[phoneNumber] = password.Id;
            messages.Take(password.Id, phoneNumber, "tel:10010", message.Replace("{{code}}", password.Text, StringComparison.Ordinal));
            return new CarrierOutcome(CarrierAnswer.Booked, null, 200, Message: password.Id);
        }
    }

    public CarrierOutcome Check(string id, string code)
    {
        lock (gate)
        {
            var now = options.Time.GetUtcNow();
            Forget(now);
            if (!passwords.TryGetValue(id, out var password))
                return CarrierOutcome.Refused(404, "NOT_FOUND", "There is no such authenticationId.");
            if (password.WrongCodes >= options.CodeAttemptsMax)
                return TooManyTries();
            if (password.IsUsed || newest.GetValueOrDefault(password.PhoneNumber) != id || now >= password.SentAt + options.CodeValidFor)
                return CarrierOutcome.Refused(400, Code + "VERIFICATION_EXPIRED", "This authenticationId is good no more.");
            if (password.Text == code)
            {
                password.IsUsed = true;
                return new CarrierOutcome(CarrierAnswer.Booked, null, 204);
            }
            return ++password.WrongCodes >= options.CodeAttemptsMax
                ? TooManyTries()
                : CarrierOutcome.Refused(400, Code + "INVALID_OTP", "This is not the code that was sent.");
        }
    }

    private static CarrierOutcome TooManyTries() =>
        CarrierOutcome.Refused(400, Code + "VERIFICATION_FAILED", "Too many wrong codes for this authenticationId.");

    /// <summary>What is neither good any more nor counts for what a number is sent. An expired one is known as such for a day.</summary>
    private void Forget(DateTimeOffset now)
    {
        while (sent.TryPeek(out var oldest) && (oldest.SentAt < now.AddDays(-1) || sent.Count > KeptMax))
        {
            sent.Dequeue();
            passwords.Remove(oldest.Id);
            if (newest.GetValueOrDefault(oldest.PhoneNumber) == oldest.Id)
                newest.Remove(oldest.PhoneNumber);
        }
    }

    private sealed class Password(string id, string phoneNumber, string text, DateTimeOffset sentAt)
    {
        public string Id { get; } = id;
        public string PhoneNumber { get; } = phoneNumber;
        public string Text { get; } = text;
        public DateTimeOffset SentAt { get; } = sentAt;
        public int WrongCodes { get; set; }
        public bool IsUsed { get; set; }
    }
}
