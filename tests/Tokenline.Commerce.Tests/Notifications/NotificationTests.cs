using System.Text;
using Tokenline.Charging;
using Tokenline.Charging.Accounts;
using Tokenline.Commerce.Notifications;
using Tokenline.Commerce.Parties;

namespace Tokenline.Commerce.Tests.Notifications;

/// <summary>Events from the real engine, on their way to a customer; webhooks over a real socket.</summary>
public sealed class NotificationTests : IAsyncLifetime
{
    private static readonly CommerceOptions open = new() { AllowPrivateWebhooks = true };

    private World world = null!;
    private WebhookReceiver receiver = null!;
    private Customer customer = null!;

    public async ValueTask InitializeAsync()
    {
        world = await World.OpenAsync(options: open);
        receiver = await WebhookReceiver.StartAsync();
        customer = await world.NewCustomerAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await receiver.DisposeAsync();
        await world.DisposeAsync();
    }

    [Fact]
    public async Task A_webhook_carries_the_event_signed_and_is_on_record()
    {
        await ListenAsync();

        await SuspendAsync();
        await DispatchAsync();

        var hook = Assert.Single(receiver.Received);
        Assert.True(hook.IsSigned);
        Assert.Equal(World.Start.ToUnixTimeSeconds(), hook.Timestamp);
        Assert.Equal("account.suspended", hook.Type);
        Assert.Equal(
            (hook.Id, customer.Id.ToString(), "unpaid"),
            ((string)hook.Body["data"]!["id"]!, (string)hook.Body["data"]!["customer"]!, (string)hook.Body["data"]!["reason"]!)
        );
        var delivery = (await DeliveriesAsync()).Single(d => d.Channel == Channels.Webhook);
        Assert.Equal((DeliveryState.Delivered, 1, null), (delivery.State, delivery.Attempts, delivery.LastFailure));
    }

    [Fact]
    public async Task An_endpoint_that_was_down_gets_what_it_missed_in_order()
    {
        await ListenAsync();
        receiver.Status = 503;
        await SuspendAsync();
        await ResumeAsync();
        await DispatchAsync();
        Assert.Equal(["account.suspended"], receiver.Received.Select(hook => hook.Type)); // the second waits for the first
        var waiting = (await DeliveriesAsync()).Where(d => d.Channel == Channels.Webhook).ToList();
        Assert.Equal([(0, null), (1, "the endpoint answered 503")], waiting.Select(d => (d.Attempts, d.LastFailure)));

        receiver.Status = 200;
        await DispatchAsync();
        Assert.Single(receiver.Received); // its time has not come
        world.Time.Advance(TimeSpan.FromSeconds(5));
        await DispatchAsync();

        Assert.Equal(["account.suspended", "account.suspended", "account.resumed"], receiver.Received.Select(hook => hook.Type));
        Assert.Equal(2, receiver.Received.Select(hook => hook.Id).Distinct().Count());
        Assert.All(receiver.Received, hook => Assert.True(hook.IsSigned));
    }

    [Fact]
    public async Task A_crash_between_delivery_and_its_record_delivers_again_with_the_same_id()
    {
        await ListenAsync();
        await SuspendAsync();
        await DispatchAsync(NewDispatcher(new ForgetfulStore(world.Get<INotificationStore>())));
        var first = Assert.Single(receiver.Received);

        await DispatchAsync(NewDispatcher(world.Get<INotificationStore>()));
        await DispatchAsync(NewDispatcher(world.Get<INotificationStore>()));

        Assert.Equal([first.Id, first.Id], receiver.Received.Select(hook => hook.Id));
        Assert.Equal(DeliveryState.Delivered, (await DeliveriesAsync()).Single(d => d.Channel == Channels.Webhook).State);
    }

    [Fact]
    public async Task A_crash_before_the_cursor_moves_puts_no_event_on_a_lane_twice()
    {
        await ListenAsync();
        await SuspendAsync();
        var store = world.Get<INotificationStore>();
        await DispatchAsync(NewDispatcher(store));
        var before = await DeliveriesAsync();

        await store.TakeAsync([.. before.Select(d => d with { Number = 0 })], 0, CancellationToken.None); // as a take that is repeated
        await DispatchAsync(NewDispatcher(store));

        Assert.Equal(before.Select(d => d.Number), (await DeliveriesAsync()).Select(d => d.Number));
        Assert.Single(receiver.Received);
    }

    [Fact]
    public async Task An_endpoint_that_does_not_answer_holds_up_no_other()
    {
        await using var silent = await WebhookReceiver.StartAsync();
        var release = new TaskCompletionSource();
        silent.Hold = release.Task;
        await ListenAsync(silent);
        await ListenAsync();
        await SuspendAsync();
        await ResumeAsync();

        var dispatcher = world.Get<NotificationDispatcher>();
        await UntilAsync(async () =>
        {
            await dispatcher.RoundAsync(CancellationToken.None);
            return receiver.Received.Count == 2 && silent.Received.Count == 1;
        });

        release.SetResult();
        await DispatchAsync();
        Assert.Equal(["account.suspended", "account.resumed"], silent.Received.Select(hook => hook.Type));
    }

    [Fact]
    public async Task After_the_last_try_it_is_parked_and_the_next_event_goes_on()
    {
        await ListenAsync();
        receiver.Status = 500;
        await SuspendAsync();
        await ResumeAsync();
        for (var i = 0; i < 9; i++)
        {
            await DispatchAsync();
            world.Time.Advance(TimeSpan.FromHours(12));
        }
        Assert.Equal(9, receiver.Received.Count(hook => hook.Type == "account.suspended"));

        receiver.Status = 200;
        await DispatchAsync();

        var deliveries = (await DeliveriesAsync()).Where(d => d.Channel == Channels.Webhook).ToList();
        Assert.Equal([DeliveryState.Delivered, DeliveryState.Parked], deliveries.Select(d => d.State));
        Assert.Equal((9, "the endpoint answered 500"), (deliveries[1].Attempts, deliveries[1].LastFailure));
    }

    [Theory]
    [InlineData("http://127.0.0.1/hook")]
    [InlineData("https://127.0.0.1/hook")]
    [InlineData("https://localhost/hook")]
    [InlineData("https://[::1]/hook")]
    [InlineData("https://[::ffff:10.0.0.1]/hook")]
    [InlineData("https://10.1.2.3/hook")]
    [InlineData("https://169.254.169.254/latest/meta-data")]
    [InlineData("http://example.com/hook")]
    [InlineData("https://user:pass@example.com/hook")]
    [InlineData("ftp://example.com/hook")]
    [InlineData("example.com")]
    [InlineData("")]
    [InlineData(null)]
    public async Task A_webhook_that_leads_inside_or_is_not_safe_is_refused(string? url)
    {
        await using var strict = await World.OpenAsync();
        var somebody = await strict.NewCustomerAsync();

        var refused = (await strict.Get<Webhooks>().AddAsync(somebody.Id, url, null, CancellationToken.None)).Refused;

        Assert.Equal((Problems.InvalidRequest, "url"), (refused?.Problem, refused?.Param));
        Assert.Empty(await strict.Get<INotificationStore>().WebhooksAsync(somebody.Id, CancellationToken.None));
    }

    [Fact]
    public async Task A_name_that_leads_inside_is_caught_when_it_is_connected_to()
    {
        await using var strict = await World.OpenAsync();
        var somebody = await strict.NewCustomerAsync();
        var url = new Uri(receiver.Url.Replace("127.0.0.1", "localhost", StringComparison.Ordinal));
        var hook = new Webhook(strict.Get<IdSource>().Next<WebhookKind>(), somebody.Id, url, null, World.Start);
        await strict.Get<INotificationStore>().AddWebhookAsync(hook, WebhookSignature.NewSecret(), CancellationToken.None);

        await strict.Customers.SetStandingAsync(somebody.Id, suspended: true, "unpaid", CancellationToken.None);
        await DispatchAsync(strict.Get<NotificationDispatcher>());

        var deliveries = await strict.Get<INotificationStore>().DeliveriesAsync(somebody.Id, null, 10, CancellationToken.None);
        Assert.Contains("not on the public internet", deliveries.Single(d => d.Channel == Channels.Webhook).LastFailure);
        Assert.Empty(receiver.Received);
    }

    [Fact]
    public async Task A_webhook_hears_only_the_types_it_asked_for()
    {
        await ListenAsync(types: [AccountEventType.AccountResumed]);
        await SuspendAsync();
        await ResumeAsync();
        await DispatchAsync();

        Assert.Equal("account.resumed", Assert.Single(receiver.Received).Type);
    }

    [Fact]
    public async Task The_phone_number_is_told_in_Chinese_unless_told_otherwise_and_not_of_good_news()
    {
        await SuspendAsync();
        await ResumeAsync();
        await DispatchAsync();
        await PreferAsync(new(Sms: true, null, NoticeLanguage.English));
        await SuspendAsync();
        await DispatchAsync();
        await PreferAsync(new(Sms: false, null, NoticeLanguage.English));
        await ResumeAsync();
        await SuspendAsync();
        await DispatchAsync();

        Assert.Equal(
            [
                (customer.PhoneNumber, "【Tokenline】您的账户已暂停（unpaid），恢复之前调用将被拒绝。"),
                (customer.PhoneNumber, "Tokenline: your account is suspended (unpaid). Calls are refused until it is resumed."),
            ],
            world.Get<FakeSms>().Sent.Select(sms => (sms.PhoneNumber, sms.Text))
        );
    }

    [Fact]
    public async Task A_mail_is_one_whole_file_whose_words_can_be_read()
    {
        await PreferAsync(new(Sms: false, "li.lei@example.com", NoticeLanguage.Chinese));
        await SuspendAsync();
        await DispatchAsync();

        var file = Assert.Single(Directory.GetFiles(Path.Combine(world.Folder, "mail")));
        var parts = (await File.ReadAllTextAsync(file)).Split("\r\n\r\n");
        Assert.Contains("To: <li.lei@example.com>\r\n", parts[0]);
        Assert.EndsWith(".eml", file);
        Assert.Contains(
            "您的账户已暂停",
            Encoding.UTF8.GetString(Convert.FromBase64String(parts[1].Replace("\r\n", "", StringComparison.Ordinal)))
        );
    }

    [Theory]
    [InlineData("a@b")]
    [InlineData("a b@example.com")]
    [InlineData("a@example.com\r\nBcc: c@example.com")]
    [InlineData("a@@example.com")]
    [InlineData("<a@example.com>")]
    [InlineData("")]
    public async Task What_is_no_mail_address_is_refused(string address)
    {
        var refused = (
            await world
                .Get<NotificationPreferences>()
                .SetAsync(customer.Id, NotificationSettings.Default with { Mail = address }, CancellationToken.None)
        ).Refused;
        Assert.Equal("mail", refused?.Param);
    }

    private async Task ListenAsync(WebhookReceiver? at = null, AccountEventType[]? types = null)
    {
        at ??= receiver;
        at.Secret = (await world.Get<Webhooks>().AddAsync(customer.Id, at.Url, types, CancellationToken.None)).Required().Secret;
    }

    private async Task SuspendAsync() =>
        (await world.Customers.SetStandingAsync(customer.Id, suspended: true, "unpaid", CancellationToken.None)).Required();

    private async Task ResumeAsync() =>
        (await world.Customers.SetStandingAsync(customer.Id, suspended: false, null, CancellationToken.None)).Required();

    private async Task PreferAsync(NotificationSettings settings) =>
        (await world.Get<NotificationPreferences>().SetAsync(customer.Id, settings, CancellationToken.None)).Required();

    private Task<IReadOnlyList<Delivery>> DeliveriesAsync() =>
        world.Get<INotificationStore>().DeliveriesAsync(customer.Id, null, 100, CancellationToken.None);

    private NotificationDispatcher NewDispatcher(INotificationStore store) =>
        new(world.Get<IChargeHistory>(), store, world.Get<ICustomerStore>(), world.Get<IEnumerable<INotificationChannel>>(), world.Time);

    private Task DispatchAsync() => DispatchAsync(world.Get<NotificationDispatcher>());

    /// <summary>Rounds until nothing runs and there is nothing to do for now.</summary>
    private static async Task DispatchAsync(NotificationDispatcher dispatcher)
    {
        do await dispatcher.DrainAsync();
        while (await dispatcher.RoundAsync(CancellationToken.None) > 0);
    }

    private static async Task UntilAsync(Func<Task<bool>> isSo)
    {
        for (var i = 0; !await isSo(); i++)
        {
            Assert.True(i < 2000, "it did not come about");
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>A store whose process ends before it could write down how a try went.</summary>
    private sealed class ForgetfulStore(INotificationStore store) : INotificationStore
    {
        public Task PutAsync(Delivery delivery, CancellationToken cancellation) => throw new IOException("the process ended");

        public Task<long> CursorAsync(CancellationToken cancellation) => store.CursorAsync(cancellation);

        public Task TakeAsync(IReadOnlyCollection<Delivery> deliveries, long cursor, CancellationToken cancellation) =>
            store.TakeAsync(deliveries, cursor, cancellation);

        public Task<IReadOnlyList<Delivery>> DueAsync(DateTimeOffset now, int limit, CancellationToken cancellation) =>
            store.DueAsync(now, limit, cancellation);

        public Task<IReadOnlyList<Delivery>> DeliveriesAsync(PartyId customer, long? before, int limit, CancellationToken cancellation) =>
            store.DeliveriesAsync(customer, before, limit, cancellation);

        public Task<NotificationSettings?> SettingsAsync(PartyId customer, CancellationToken cancellation) =>
            store.SettingsAsync(customer, cancellation);

        public Task PutSettingsAsync(PartyId customer, NotificationSettings settings, CancellationToken cancellation) =>
            store.PutSettingsAsync(customer, settings, cancellation);

        public Task AddWebhookAsync(Webhook webhook, string secret, CancellationToken cancellation) =>
            store.AddWebhookAsync(webhook, secret, cancellation);

        public Task<IReadOnlyList<Webhook>> WebhooksAsync(PartyId customer, CancellationToken cancellation) =>
            store.WebhooksAsync(customer, cancellation);

        public Task<(Webhook Webhook, string Secret)?> FindWebhookAsync(WebhookId id, CancellationToken cancellation) =>
            store.FindWebhookAsync(id, cancellation);

        public Task<bool> RemoveWebhookAsync(PartyId customer, WebhookId id, CancellationToken cancellation) =>
            store.RemoveWebhookAsync(customer, id, cancellation);
    }
}
