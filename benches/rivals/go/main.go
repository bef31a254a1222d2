// gokrb5_accept is a contestant (../../src/contestant.rs) on gokrb5 v8: gokrb5_accept KEYTAB. It makes no AP-REP.
package main

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"os"
	"time"

	"github.com/jcmturner/gokrb5/v8/credentials"
	"github.com/jcmturner/gokrb5/v8/keytab"
	"github.com/jcmturner/gokrb5/v8/service"
	"github.com/jcmturner/gokrb5/v8/spnego"
)

const group = 8

func main() {
	keys, err := keytab.Load(os.Args[1])
	must(err)
	settings := service.NewSettings(keys)
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		serve(lines.Text(), settings)
	}
}

func serve(path string, settings *service.Settings) {
	octets, err := os.ReadFile(path)
	must(err)
	var tokens [][]byte
	for len(octets) >= 4 {
		length := binary.BigEndian.Uint32(octets)
		tokens = append(tokens, octets[4:4+length])
		octets = octets[4+length:]
	}
	client := accept(tokens[0], settings)
	line := client.UserName() + "@" + client.Realm()
	tokens = tokens[1:]
	for len(tokens) >= group {
		start := time.Now()
		for _, token := range tokens[:group] {
			accept(token, settings)
		}
		line += fmt.Sprintf(" %d", time.Since(start).Nanoseconds()/group)
		tokens = tokens[group:]
	}
	fmt.Println(line)
}

// accept reads the frame of GSS-API and verifies the AP-REQ in it: key, times, replay and PAC.
func accept(token []byte, settings *service.Settings) *credentials.Credentials {
	var framed spnego.KRB5Token
	must(framed.Unmarshal(token))
	ok, client, err := service.VerifyAPREQ(&framed.APReq, settings)
	must(err)
	if !ok {
		panic("refused")
	}
	return client
}

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
