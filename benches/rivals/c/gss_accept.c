/*
 * A contestant (../../src/contestant.rs) on the C GSS-API of MIT krb5 or Heimdal: gss_accept KEYTAB [memory [OCTETS]].
 * With `memory` the keys are in a MEMORY keytab, with OCTETS messages of that length are sealed and not tokens accepted. MIT's replay cache is what KRB5RCACHENAME says; Heimdal has none here.
 */

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <krb5.h>
#include <gssapi/gssapi.h>
#include <gssapi/gssapi_krb5.h>

#define GROUP 8

static gss_cred_id_t credential = GSS_C_NO_CREDENTIAL;

static void fail(const char *what, OM_uint32 major, OM_uint32 minor)
{
    OM_uint32 ignored, more = 0;
    gss_buffer_desc text = GSS_C_EMPTY_BUFFER;
    fprintf(stderr, "%s: %u %u", what, major, minor);
    if (gss_display_status(&ignored, minor, GSS_C_MECH_CODE, GSS_C_NO_OID, &more, &text) == GSS_S_COMPLETE)
        fprintf(stderr, ": %.*s", (int)text.length, (char *)text.value);
    fputc('\n', stderr);
    exit(1);
}

/* Copies the keys of a file into MEMORY:contestant, and keeps that open. */
static const char *in_memory(const char *path)
{
    static krb5_context context;
    static krb5_keytab memory;
    static char name[] = "MEMORY:contestant";
    char from[4096];
    krb5_keytab file;
    krb5_keytab_entry entry;
    krb5_kt_cursor cursor;

    snprintf(from, sizeof(from), "FILE:%s", path);
    if (krb5_init_context(&context) || krb5_kt_resolve(context, from, &file) ||
        krb5_kt_resolve(context, name, &memory) || krb5_kt_start_seq_get(context, file, &cursor))
        fail("keytab", 0, 0);
    while (krb5_kt_next_entry(context, file, &entry, &cursor) == 0) {
        if (krb5_kt_add_entry(context, memory, &entry))
            fail("keytab entry", 0, 0);
    }
    krb5_kt_end_seq_get(context, file, &cursor);
    return name;
}

static gss_ctx_id_t accepted(const unsigned char *token, size_t length, char *client, size_t room)
{
    gss_ctx_id_t context = GSS_C_NO_CONTEXT;
    gss_buffer_desc input = { length, (void *)token }, output = GSS_C_EMPTY_BUFFER;
    gss_name_t name = GSS_C_NO_NAME;
    OM_uint32 minor, flags, ignored;
    OM_uint32 major = gss_accept_sec_context(&minor, &context, credential, &input, GSS_C_NO_CHANNEL_BINDINGS, &name,
                                             NULL, &output, &flags, NULL, NULL);
    if (major != GSS_S_COMPLETE)
        fail("gss_accept_sec_context", major, minor);
    if (output.length == 0)
        fail("no reply", 0, 0);
    if (client) {
        gss_buffer_desc text = GSS_C_EMPTY_BUFFER;
        major = gss_display_name(&minor, name, &text, NULL);
        if (major != GSS_S_COMPLETE)
            fail("gss_display_name", major, minor);
        snprintf(client, room, "%.*s", (int)text.length, (char *)text.value);
        gss_release_buffer(&ignored, &text);
    }
    gss_release_name(&ignored, &name);
    gss_release_buffer(&ignored, &output);
    return context;
}

static void accept_one(const unsigned char *token, size_t length, char *client, size_t room)
{
    gss_ctx_id_t context = accepted(token, length, client, room);
    OM_uint32 ignored;
    gss_delete_sec_context(&ignored, &context, GSS_C_NO_BUFFER);
}

static void seal_one(gss_ctx_id_t context, gss_buffer_t message)
{
    gss_buffer_desc sealed = GSS_C_EMPTY_BUFFER;
    OM_uint32 minor, ignored, major = gss_wrap(&minor, context, 1, GSS_C_QOP_DEFAULT, message, NULL, &sealed);
    if (major != GSS_S_COMPLETE)
        fail("gss_wrap", major, minor);
    gss_release_buffer(&ignored, &sealed);
}

static uint64_t nanoseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static size_t length_at(const unsigned char *octets)
{
    return (size_t)octets[0] << 24 | (size_t)octets[1] << 16 | (size_t)octets[2] << 8 | octets[3];
}

/* Takes a group of tokens, what is timed is said by `message`; the place after them, or NULL when they are too few. */
static unsigned char *group(unsigned char *at, unsigned char *end, gss_buffer_t message)
{
    gss_ctx_id_t contexts[GROUP];
    unsigned char *first = at;
    uint64_t start;
    OM_uint32 ignored;
    int i;

    for (i = 0; i < GROUP; i++, at += 4 + length_at(at)) {
        if (at >= end)
            return NULL;
    }
    if (message) { /* each has sealed a message before, so its keys are ready */
        for (i = 0, at = first; i < GROUP; i++, at += 4 + length_at(at)) {
            contexts[i] = accepted(at + 4, length_at(at), NULL, 0);
            seal_one(contexts[i], message);
        }
    }
    start = nanoseconds();
    for (i = 0, at = first; i < GROUP; i++, at += 4 + length_at(at)) {
        if (message)
            seal_one(contexts[i], message);
        else
            accept_one(at + 4, length_at(at), NULL, 0);
    }
    printf(" %llu", (unsigned long long)((nanoseconds() - start) / GROUP));
    for (i = 0; message && i < GROUP; i++)
        gss_delete_sec_context(&ignored, &contexts[i], GSS_C_NO_BUFFER);
    return at;
}

static void serve(const char *path, gss_buffer_t message)
{
    FILE *file = fopen(path, "rb");
    unsigned char *octets, *at, *end;
    char client[1024];
    long size;

    if (!file || fseek(file, 0, SEEK_END) || (size = ftell(file)) < 4 || fseek(file, 0, SEEK_SET))
        fail(path, 0, 0);
    octets = malloc((size_t)size);
    if (!octets || fread(octets, 1, (size_t)size, file) != (size_t)size)
        fail(path, 0, 0);
    fclose(file);
    end = octets + size;
    at = octets + 4 + length_at(octets);
    accept_one(octets + 4, length_at(octets), client, sizeof(client));
    printf("%s", client);
    while (at)
        at = group(at, end, message);
    printf("\n");
    fflush(stdout);
    free(octets);
}

int main(int argc, char **argv)
{
    OM_uint32 major, minor;
    char keytab[4096], line[4096];
    gss_buffer_desc message = GSS_C_EMPTY_BUFFER;

    if (argc < 2)
        return 1;
    snprintf(keytab, sizeof(keytab), "FILE:%s", argv[1]);
    major = gsskrb5_register_acceptor_identity(argc > 2 ? in_memory(argv[1]) : keytab);
    if (major != GSS_S_COMPLETE)
        fail("acceptor identity", major, 0);
    major = gss_acquire_cred(&minor, GSS_C_NO_NAME, GSS_C_INDEFINITE, GSS_C_NO_OID_SET, GSS_C_ACCEPT, &credential,
                             NULL, NULL);
    if (major != GSS_S_COMPLETE)
        fail("gss_acquire_cred", major, minor);
    if (argc > 3) {
        message.length = (size_t)atoi(argv[3]);
        message.value = calloc(1, message.length);
    }
    while (fgets(line, sizeof(line), stdin)) {
        line[strcspn(line, "\n")] = 0;
        serve(line, message.value ? &message : NULL);
    }
    return 0;
}
